import type { SingleTable } from '../shared/dynamo/single-table.ts';
import type { Receivers } from './addresses.ts';
import { DeliveriesTable } from './deliveries-table.ts';
import { WebhooksTable } from './webhooks-table.ts';

/** The tables' part of the ports of a deployed function, with the time of this process. */
export function portsOn(table: SingleTable) {
  return {
    webhooks: new WebhooksTable(table),
    deliveries: new DeliveriesTable(table),
    now: (): Date => new Date(),
  };
}

/** The local runtime sets the variable for receivers on this machine; no deployment does. */
export function deployedReceivers(): Receivers {
  const address = process.env['LOCAL_RECEIVERS'];
  return { local: address === undefined ? [] : [address] };
}
