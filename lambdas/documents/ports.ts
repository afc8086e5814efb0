import type { Cursors } from '../shared/http/cursor.ts';
import type { DocumentStore } from './document-store.ts';
import type { DocumentsTable } from './documents-table.ts';

/** What the operations need from the world. */
export interface Ports {
  readonly documents: DocumentsTable;
  readonly store: DocumentStore;
  readonly now: () => Date;
  /** A new UUIDv7. */
  readonly newId: () => string;
}

export interface HttpPorts extends Ports {
  readonly cursors: Cursors;
}

export interface CheckPorts extends Ports {
  /** For how many days nobody can change what an agreement says. */
  readonly keptDays: number;
}

/** What an operation that can be repeated did. */
export interface Outcome<T> {
  readonly value: T;
  /** An earlier attempt of the same request had done it. */
  readonly replayed: boolean;
}
