import { uuidv7 } from 'uuidv7';

import type { SingleTable } from '../shared/dynamo/single-table.ts';
import type { Cursors } from '../shared/http/cursor.ts';
import { ApplicationsTable } from './applications-table.ts';
import { CohortsTable } from './cohorts-table.ts';
import { FundingTable } from './funding-table.ts';
import { ProgrammesTable } from './programmes-table.ts';

/** What the operations need from the world. */
export interface Ports {
  readonly programmes: ProgrammesTable;
  readonly cohorts: CohortsTable;
  readonly applications: ApplicationsTable;
  readonly funding: FundingTable;
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
    programmes: new ProgrammesTable(table),
    cohorts: new CohortsTable(table),
    applications: new ApplicationsTable(table),
    funding: new FundingTable(table),
    now: () => new Date(),
    newId: uuidv7,
  };
}
