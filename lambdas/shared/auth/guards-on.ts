import { requestCounts } from '../dynamo/request-counts.ts';
import { ShutOutTable } from '../dynamo/shut-out.ts';
import type { SingleTable } from '../dynamo/single-table.ts';
import { environment } from '../environment.ts';
import { ClientLimit } from './client-limit.ts';
import { Doors } from './doors.ts';
import type { Guards } from './guard.ts';

/** The guards of a deployed function, on its context's table. */
export function guardsOn(table: SingleTable): Guards {
  const shutOut = new ShutOutTable(table);
  return {
    limit: new ClientLimit(Number(environment('REQUESTS_PER_CLIENT')), requestCounts(table)),
    doors: new Doors(() => shutOut.read({ consistent: false })),
  };
}
