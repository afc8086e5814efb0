import { Problem } from '../http/problem.ts';
import { InstitutionSuspended } from '../http/problems.ts';
import type { Caller } from './caller.ts';
import type { Guard } from './guard.ts';

/** Milliseconds that what was read is believed. With what a stream takes it stays well below the minute that is promised. */
const FRESH_FOR = 20_000;

/**
 * Keeps out whose institution is suspended or has left, though the token is still good. Which these are is read once in a
 * while by each instance of a function, not by each request.
 */
export class Doors implements Guard {
  readonly #read: () => Promise<ReadonlySet<string>>;
  readonly #now: () => number;
  #shutOut: Promise<ReadonlySet<string>> | undefined;
  #readAt = 0;

  /**
   * @param read ids of the institutions that are shut out
   * @param now milliseconds of any clock
   */
  constructor(read: () => Promise<ReadonlySet<string>>, now: () => number = Date.now) {
    this.#read = read;
    this.#now = now;
  }

  /** @throws Problem `institution-suspended`, or what the database threw: then it is not known who may pass */
  async admit({ institutionId }: Pick<Caller, 'institutionId'>): Promise<void> {
    if ((await this.#current()).has(institutionId)) {
      throw new Problem(InstitutionSuspended, 'Your institution is suspended, or has left the Hub.');
    }
  }

  #current(): Promise<ReadonlySet<string>> {
    const now = this.#now();
    if (this.#shutOut === undefined || now - this.#readAt >= FRESH_FOR) {
      const reading = this.#read();
      this.#shutOut = reading;
      this.#readAt = now;
      // The next request tries again.
      reading.catch(() => {
        if (this.#shutOut === reading) this.#shutOut = undefined;
      });
    }
    return this.#shutOut;
  }
}
