import type { Cursors } from '../shared/http/cursor.ts';
import type { Receivers } from './addresses.ts';
import type { DeliveriesTable } from './deliveries-table.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import type { post } from './receiver.ts';
import type { WebhooksTable } from './webhooks-table.ts';

/** What jobs about deliveries need from the world. */
export interface DeliveryPorts {
  readonly webhooks: WebhooksTable;
  readonly deliveries: DeliveriesTable;
  readonly queue: Pick<DeliveryQueue, 'send'>;
  readonly now: () => Date;
}

export interface DeliverPorts extends Omit<DeliveryPorts, 'queue'> {
  readonly receivers: Receivers;
  readonly post: typeof post;
  /** In [0, 1). */
  readonly random: () => number;
}

/** What the routes' operations need. */
export interface WebhookPorts extends DeliveryPorts {
  readonly receivers: Receivers;
  readonly cursors: Cursors;
  /** A new UUIDv7. */
  readonly newId: () => string;
}

/** What an operation that can be repeated did. */
export interface Outcome<T> {
  readonly value: T;
  /** An earlier attempt of the same request had done it. */
  readonly replayed: boolean;
}
