import { setImmediate as nextTick } from 'node:timers/promises';

/** Says whose turn it is, of so many whose next call is due. */
type Choose = (due: number) => number;

/** Lets several routines make their calls one after another, in an order that a test chooses. */
export class Turns {
  readonly #choose: Choose;
  readonly #due: (() => Promise<unknown>)[] = [];

  constructor(choose: Choose) {
    this.#choose = choose;
  }

  /** Makes a call when it is its turn. */
  take<T>(call: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#due.push(() => call().then(resolve, reject));
    });
  }

  /** Gives turns until the routines have ended. No turn begins before the last call is over and its routine has gone on. */
  async until(...routines: readonly Promise<unknown>[]): Promise<void> {
    const state = { over: false };
    const end = (): void => {
      state.over = true;
    };
    const all = Promise.all(routines);
    all.then(end, end);
    for (;;) {
      await nextTick();
      if (state.over) break;
      if (this.#due.length === 0) continue;
      const [call] = this.#due.splice(this.#choose(this.#due.length), 1);
      await call?.();
    }
    await all;
  }
}

/** Tries every order in which turns can be given. @returns how many there are */
export async function inEveryOrder(attempt: (choose: Choose) => Promise<void>): Promise<number> {
  let chosen: { readonly due: number; readonly index: number }[] = [];
  for (let orders = 1; ; orders++) {
    const before = chosen;
    chosen = [];
    await attempt((due) => {
      const index = before[chosen.length]?.index ?? 0;
      chosen.push({ due, index });
      return index;
    });
    // The next order differs as late as possible.
    let last = chosen.pop();
    while (last !== undefined && last.index + 1 >= last.due) last = chosen.pop();
    if (last === undefined) return orders;
    chosen.push({ ...last, index: last.index + 1 });
  }
}
