import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { portsOn } from './ports.ts';
import { ReminderRequest } from './published.ts';
import { remind } from './remind.ts';

const ports = portsOn(deployedTable());

/** Run when the time to confirm a place is nearly over. @returns whether it still was to be taken */
export async function handler(event: unknown): Promise<{ readonly reminded: boolean }> {
  return { reminded: await remind(ports, ReminderRequest.parse(event)) };
}
