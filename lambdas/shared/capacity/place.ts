/** A place in the line of an account. */
export interface Place {
  /** UUID of the claim that waits. */
  readonly id: string;
  /** Text whose order is the order of the line. */
  readonly rank: string;
  /** Whether reserved units are meant for who waits here. */
  readonly reserve: boolean;
  /** When the place has to be looked at again: RFC 3339, in UTC. */
  readonly reviewAt?: string;
}
