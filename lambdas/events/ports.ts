import { uuidv7 } from 'uuidv7';

import type { SingleTable } from '../shared/dynamo/single-table.ts';
import type { Cursors } from '../shared/http/cursor.ts';
import { EventsTable } from './events-table.ts';

/** What the operations need from the world. */
export interface Ports {
  readonly events: EventsTable;
  readonly now: () => Date;
  /** A new UUIDv7. */
  readonly newId: () => string;
}

export interface ListPorts extends Ports {
  readonly cursors: Cursors;
}

/** The ports on a table, with the time and the ids of this process. */
export function portsOn(table: SingleTable): Ports {
  return {
    events: new EventsTable(table),
    now: () => new Date(),
    newId: uuidv7,
  };
}
