import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { portsOn } from './ports.ts';
import { ReminderRequest } from './published.ts';
import { remind } from './remind.ts';

const ports = portsOn(deployedTable());

/** Run when a hold or an offer is about to end. @returns whether it still was */
export async function handler(event: unknown): Promise<{ readonly reminded: boolean }> {
  return { reminded: await remind(ports, ReminderRequest.parse(event)) };
}
