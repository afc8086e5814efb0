import { isBusy } from '../dynamo/failures.ts';
import { Problem } from '../http/problem.ts';
import { RateLimited } from '../http/problems.ts';
import type { Caller } from './caller.ts';
import type { Guard } from './guard.ts';

/** Milliseconds in which requests are counted together. */
export const WINDOW = 10_000;

/** What all instances of a function know of busy clients. */
export interface SharedCounts {
  /**
   * Adds requests of a client to those of all instances.
   * @param window which of all windows since 1970
   * @returns how many there are now
   */
  readonly add: (client: string, window: number, requests: number) => Promise<number>;
}

/** One client in the present window, as one instance sees it. */
interface Count {
  /** Requests that this instance has let pass. */
  passed: number;
  /** Those of them that are in the shared count. */
  told: number;
  /** `passed` at which the shared count is next told. */
  tellAt: number;
  /** Requests that other instances have told of. */
  elsewhere: number;
}

/**
 * Lets each client send only so many requests in a window, so that one that runs wild takes from nobody else. A client is
 * the token's subject: a system is its own, and people, who share one client, are each one of their own.
 *
 * Each instance of a function counts by itself. It tells the others only from a tenth of the limit on, and then now and
 * again: so the usual client costs nothing, and one that many instances see can get past its limit by a tenth for each.
 */
export class ClientLimit implements Guard {
  readonly #limit: number;
  readonly #tenth: number;
  readonly #shared: SharedCounts;
  readonly #now: () => number;
  #window = 0;
  #counts = new Map<string, Count>();

  /**
   * @param perSecond requests a client may send, on the average of a window
   * @param now milliseconds since 1970: windows begin at the same moment everywhere
   */
  constructor(perSecond: number, shared: SharedCounts, now: () => number = Date.now) {
    this.#limit = Math.ceil((perSecond * WINDOW) / 1000);
    this.#tenth = Math.ceil(this.#limit / 10);
    this.#shared = shared;
    this.#now = now;
  }

  /** How many clients are remembered: those of the present window. */
  get remembered(): number {
    return this.#counts.size;
  }

  /** @throws Problem `rate-limited`, or what the database threw, unless that was only busy */
  admit({ subject }: Pick<Caller, 'subject'>): Promise<void> | undefined {
    const window = Math.floor(this.#now() / WINDOW);
    if (window !== this.#window) {
      this.#window = window;
      this.#counts = new Map();
    }
    let count = this.#counts.get(subject);
    if (count === undefined) {
      count = { passed: 0, told: 0, tellAt: this.#tenth + 1, elsewhere: 0 };
      this.#counts.set(subject, count);
    }
    if (count.passed + count.elsewhere >= this.#limit) throw this.#refusal(window);
    count.passed += 1;
    return count.passed < count.tellAt ? undefined : this.#tell(subject, window, count);
  }

  /** Tells the other instances, and learns of them. @throws Problem `rate-limited` when all together have let enough pass */
  async #tell(subject: string, window: number, count: Count): Promise<void> {
    const { passed } = count;
    // One at a time, so that what comes back has all that this instance has told, and nothing on its way.
    count.tellAt = Infinity;
    try {
      count.elsewhere = (await this.#shared.add(subject, window, passed - count.told)) - passed;
      count.told = passed;
    } catch (error) {
      // Then this instance goes on by its own count.
      if (!isBusy(error)) throw error;
    } finally {
      count.tellAt = passed + Math.ceil(this.#tenth / 2);
    }
    if (passed + count.elsewhere > this.#limit) throw this.#refusal(window);
  }

  #refusal(window: number): Problem {
    const seconds = Math.max(1, Math.ceil(((window + 1) * WINDOW - this.#now()) / 1000));
    const allowed = `${String(this.#limit)} requests in ${String(WINDOW / 1000)} seconds`;
    return new Problem(RateLimited, `Your client has sent more than ${allowed}.`, {}, seconds);
  }
}
