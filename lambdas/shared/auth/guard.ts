import type { Caller } from './caller.ts';

/** Decides about a caller by who it is, before the request is looked at. */
export interface Guard {
  /** @returns a promise only when it has to wait @throws Problem when the caller is not let in */
  admit(caller: Caller): Promise<void> | undefined;
}

/** Who lets callers in, in this order; what a caller's roles permit is asked between them. */
export interface Guards {
  /** Whether the client has sent too much. */
  readonly limit: Guard;
  /** Whether its institution is shut out, which may have to be read. */
  readonly doors: Guard;
}
