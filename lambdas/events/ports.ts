import { uuidv7 } from 'uuidv7';

import type { PartnersTable } from '../institutions/published-partners.ts';
import type { SingleTable } from '../shared/dynamo/single-table.ts';
import type { Cursors } from '../shared/http/cursor.ts';
import { AbstractsTable } from './abstracts-table.ts';
import { EventsTable } from './events-table.ts';
import { RegistrationsTable } from './registrations-table.ts';
import { SessionsTable } from './sessions-table.ts';

/** What the operations need from the world. */
export interface Ports {
  readonly events: EventsTable;
  readonly registrations: RegistrationsTable;
  readonly sessions: SessionsTable;
  readonly abstracts: AbstractsTable;
  readonly now: () => Date;
  /** A new UUIDv7. */
  readonly newId: () => string;
}

/** Where partners are asked about. */
export interface PartnerPorts extends Ports {
  readonly partners: PartnersTable;
}

export interface ListPorts extends PartnerPorts {
  readonly cursors: Cursors;
}

/** The ports on a table, with the time and the ids of this process. */
export function portsOn(table: SingleTable): Ports {
  return {
    events: new EventsTable(table),
    registrations: new RegistrationsTable(table),
    sessions: new SessionsTable(table),
    abstracts: new AbstractsTable(table),
    now: () => new Date(),
    newId: uuidv7,
  };
}
