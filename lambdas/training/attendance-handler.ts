import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { readAttendance, readHeldEvent } from '../events/published.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { handleInOrder, newItem } from '../shared/dynamo/stream.ts';
import { AttendancesTable } from './attendances-table.ts';

const attendances = new AttendancesTable(deployedTable());

/** Follows who has attended events, so that certificates can be issued of it here. */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleInOrder('training-attendance', event, async (record) => {
    const item = newItem(record);
    if (item === undefined) return;
    if (item['sk'] === 'EVENT') await attendances.putEvent(readHeldEvent(item));
    else await attendances.putAttendance(readAttendance(item));
  });
}
