import type { Cursors } from '../shared/http/cursor.ts';
import type { AgreementsTable } from './agreements-table.ts';

/** What the operations need from the world. */
export interface Ports {
  readonly agreements: AgreementsTable;
  readonly now: () => Date;
  /** A new UUIDv7. */
  readonly newId: () => string;
}

export interface ListPorts extends Ports {
  readonly cursors: Cursors;
}

/** What an operation that can be repeated did. */
export interface Outcome<T> {
  readonly value: T;
  /** An earlier attempt of the same request had done it. */
  readonly replayed: boolean;
}
