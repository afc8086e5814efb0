import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';

import { quotaRoutes } from '../../lambdas/quotas/contract.ts';
import { itemSize } from '../capacity/item-size.ts';
import { WireItem } from '../capacity/wire.ts';
import type { EventFacts } from '../setting/events.ts';
import { bookingFor } from '../setting/requests.ts';
import { Scene } from '../setting/scene.ts';
import type { Setting } from '../setting/setting.ts';
import { measureNotifications, type NotificationWork } from './notifications.ts';
import { DYNAMODB_EXTRA_MS } from './request.ts';
import { type Work, work } from './work.ts';

const BOOKINGS = 25;
/** Grants a sweep visits at once. */
const SWEPT_AT_ONCE = 10;
/** Bytes that DynamoDB adds to every item. Source: its page of prices. */
const ITEM_OVERHEAD = 100;

export interface Measured {
  readonly hold: Work;
  /** A later step: a confirmation stands for all. */
  readonly step: Work;
  /** A grant, as a list or a booking costs about as much. */
  readonly read: Work;
  /** The job that follows a changed booking. */
  readonly settle: Work;
  /** A sweep of nothing, and what each grant adds. */
  readonly sweep: Work;
  readonly sweptGrant: Work;
  /** Bytes a booking with its steps leaves in the tables. */
  readonly storedBytes: number;
  readonly notifications: NotificationWork;
}

/** Measures on the bundled functions and the embedded engine, in some seconds. */
export async function measure(setting: Setting): Promise<Measured> {
  const scene = await Scene.open(setting, { metered: true });
  const client = new DynamoDBClient({
    endpoint: scene.hub.dynamodbEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  });
  const TableName = scene.hub.tableName('QuotasData');
  const items = async (): Promise<WireItem[]> => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName }));
    return Items.map((item) => WireItem.parse(item));
  };
  const bytes = async (): Promise<number> =>
    (await items()).reduce((sum, item) => sum + itemSize(item) + ITEM_OVERHEAD, 0);
  const of = (name: string, facts: EventFacts) => (): Promise<unknown> => scene.ask(name, facts);

  try {
    const grant = await scene.grant(BOOKINGS);
    const read = { route: quotaRoutes.getGrant, sender: grant.beneficiary, params: { grantId: grant.grantId } };
    await scene.ask('QuotasHttp', read);
    const sweep = (): Promise<unknown> => scene.hub.invoke('QuotasSweep', {});
    await sweep();
    const sweepOfOne = await work(scene, [sweep]);
    const before = await bytes();

    const holds = Array.from({ length: BOOKINGS }, () => of('QuotasHttp', bookingFor(grant)));
    const hold = await work(scene, holds);
    const bookings = (await items()).filter(({ sk }) => String(sk?.['S']).startsWith('BOOKING#'));
    const confirm = (bookingId: string): EventFacts => ({
      route: quotaRoutes.confirmBooking,
      sender: grant.beneficiary,
      params: { bookingId },
    });
    const steps = bookings.map(({ id }) => of('QuotasHttp', confirm(String(id?.['S']))));
    const step = await work(scene, steps);
    const storedBytes = ((await bytes()) - before) / BOOKINGS;

    const confirmed = (await items()).filter(({ sk }) => String(sk?.['S']).startsWith('BOOKING#'));
    const settle = confirmed.map(
      (NewImage) => () =>
        scene.hub.invoke('QuotasSettle', { Records: [{ eventName: 'MODIFY', dynamodb: { NewImage } }] }),
    );
    await settle[0]?.();
    const settled = await work(scene, settle);
    const reads = await work(
      scene,
      Array.from({ length: BOOKINGS }, () => of('QuotasHttp', read)),
    );

    for (let more = 0; more < SWEPT_AT_ONCE; more++) await scene.grant(1);
    const sweepOfMany = await work(scene, [sweep]);
    const each = (key: 'rcu' | 'wcu'): number => (sweepOfMany[key] - sweepOfOne[key]) / SWEPT_AT_ONCE;
    // Ten grants are read at once; how long this machine takes for them says nothing about DynamoDB.
    const sweptGrant = { rcu: each('rcu'), wcu: each('wcu'), logBytes: 0, milliseconds: (2 * DYNAMODB_EXTRA_MS) / 10 };
    const empty = { ...sweepOfOne, rcu: sweepOfOne.rcu - sweptGrant.rcu, wcu: sweepOfOne.wcu - sweptGrant.wcu };
    const notifications = await measureNotifications(scene, client, grant, bookings);
    return { hold, step, read: reads, settle: settled, sweep: empty, sweptGrant, storedBytes, notifications };
  } finally {
    client.destroy();
    await scene.close();
  }
}
