import type { Kept } from './account.ts';

/** A place in the line of an account. */
export interface Place {
  /** UUID of the claim that waits. */
  readonly id: string;
  /** Text whose order is the order of the line. */
  readonly rank: string;
  /** Whether reserved units are meant for who waits here; where they are kept by name, whose they are that are. */
  readonly reserve: Kept;
  /** How many units it waits for, all at once or none; one unless said. */
  readonly units?: number;
  /** When the place has to be looked at again: RFC 3339, in UTC. */
  readonly reviewAt?: string;
}
