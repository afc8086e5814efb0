/** A read under way, and the one that begins when it has ended. */
interface Flight<T> {
  readonly result: Promise<T>;
  next?: Promise<T>;
}

/**
 * Lets requests that overlap in one process share reads of the same thing. A read that may be stale joins the one under
 * way; a consistent one waits for it and shares the next, which begins after everybody who shares it has asked. So
 * nobody gets an answer from before its question, and a rush on one thing costs as many reads as fit one after another.
 */
export class SharedReads<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /** @param key what is read, and how */
  read(key: string, { consistent }: { readonly consistent: boolean }, read: () => Promise<T>): Promise<T> {
    const flight = this.#flights.get(key);
    if (flight === undefined) return this.#start(key, read);
    if (!consistent) return flight.result;
    const startNext = (): Promise<T> => this.#start(key, read);
    flight.next ??= flight.result.then(startNext, startNext);
    return flight.next;
  }

  #start(key: string, read: () => Promise<T>): Promise<T> {
    const flight: Flight<T> = { result: read() };
    this.#flights.set(key, flight);
    const land = (): void => {
      if (this.#flights.get(key) === flight && flight.next === undefined) this.#flights.delete(key);
    };
    flight.result.then(land, land);
    return flight.result;
  }
}
