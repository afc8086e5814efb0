import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';

import { institutionRoutes } from '../../lambdas/institutions/contract.ts';
import { notificationRoutes } from '../../lambdas/notifications/contract.ts';
import { webhookRoutes } from '../../lambdas/notifications/webhook-contract.ts';
import { listen } from '../../lib/local/gateway/listen.ts';
import { WireItem } from '../capacity/wire.ts';
import type { GrantFacts } from '../setting/requests.ts';
import type { Scene } from '../setting/scene.ts';
import type { Deployed } from './deployed.ts';
import { PRICES } from './prices.ts';
import { type Invocation, priceOf } from './request.ts';
import { type Work, work } from './work.ts';

/** What telling an institution of a change takes, after the change was committed. */
export interface NotificationWork {
  /** The audit's rows of a change, which all the rest follows. */
  readonly audit: Work;
  /** A row of the audit's, to the feed and to the bus. */
  readonly publish: Work;
  /** An event of the bus, to a webhook's queue. */
  readonly dispatch: Work;
  /** A call of a receiver that answers at once, but for what receivers are assumed to take. */
  readonly deliver: Work;
  /** An event of the bus, to a mail. */
  readonly mail: Work;
}

/** Milliseconds that a partner's system takes to answer: an assumption. */
const RECEIVER_MS = 200;
/** Requests to SQS for a message: sent, received, deleted. */
export const QUEUE_REQUESTS = 3;
/** Messages for an event: for the webhooks, for the mail, for the reminders. */
export const EVENT_MESSAGES = 3;
const MILLION = 1e6;
const DELIVERIES = 'WebhooksDeliveriesQueue';

const Feed = z.looseObject({ items: z.array(z.looseObject({ type: z.string() })) });

/** Measures on bookings that were made, with a webhook and a contact of their beneficiary's. */
export async function measureNotifications(
  scene: Scene,
  client: DynamoDBClient,
  { beneficiary }: GrantFacts,
  bookings: readonly WireItem[],
): Promise<NotificationWork> {
  const { hub } = scene;
  const audited = bookings.map(
    (NewImage) => () =>
      hub.invoke('AuditQuotas', { Records: [{ eventName: 'INSERT', dynamodb: { Keys: keysOf(NewImage), NewImage } }] }),
  );
  const audit = await work(scene, audited);
  const { Items = [] } = await client.send(new ScanCommand({ TableName: hub.tableName('Audit') }));
  const rows = Items.map((item) => WireItem.parse(item)).filter(
    ({ pk }) => String(pk?.['S']) === `CHAIN#${beneficiary.institutionId}`,
  );
  const record = (NewImage: WireItem): object => ({
    Records: [{ eventName: 'INSERT', dynamodb: { SequenceNumber: '1', Keys: keysOf(NewImage), NewImage } }],
  });
  const publish = await work(
    scene,
    rows.map((row) => () => hub.invoke('NotificationsPublish', record(row))),
  );

  const feed = await scene.ask('NotificationsHttp', {
    route: notificationRoutes.listNotifications,
    sender: beneficiary,
    query: { limit: '100' },
  });
  // A webhook is told of what happens from when it is there.
  const time = new Date(Date.now() + 60_000).toISOString();
  const messages = Feed.parse(feed.body).items.map((event) => ({
    Records: [
      { messageId: randomUUID(), body: JSON.stringify({ source: 'org.oncology-hub', detail: { ...event, time } }) },
    ],
  }));
  const queue = new SQSClient({
    endpoint: new URL(hub.queueUrl(DELIVERIES)).origin,
    region: 'us-east-1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
  });
  const receiver = createServer((_request, response) => response.writeHead(204).end());
  try {
    const url = await listen(receiver, 0);
    await required(scene, 'WebhooksHttp', {
      route: webhookRoutes.createWebhook,
      sender: beneficiary,
      idempotencyKey: randomUUID(),
      body: { url },
    });
    const dispatch = await work(
      scene,
      messages.map((message) => () => hub.invoke('WebhooksDispatch', message)),
    );
    const deliver = await work(scene, await deliveries(queue, scene, messages.length));
    await required(scene, 'InstitutionsHttp', {
      route: institutionRoutes.replaceContacts,
      sender: beneficiary,
      params: { institutionId: beneficiary.institutionId },
      ifMatch: '"0"',
      body: { contacts: [{ name: 'A. Reader', role: 'coordination', email: 'reader@mailbox.example' }] },
    });
    const mail = await work(
      scene,
      messages.map((message) => () => hub.invoke('MailMailer', message)),
    );
    return {
      audit,
      publish,
      dispatch,
      deliver: { ...deliver, milliseconds: deliver.milliseconds + RECEIVER_MS },
      mail,
    };
  } finally {
    queue.destroy();
    receiver.close();
  }
}

/** USD for a million notifications, each told to one institution: in the feed, what a webhook adds, and what a mail adds. */
export function notificationPrices(notifications: NotificationWork, deployed: Deployed) {
  const price = (done: Work): number => {
    const invocation: Invocation = { ...done, ...deployed, accessLogBytes: undefined };
    return Object.values(priceOf(invocation)).reduce((sum, usd) => sum + usd, 0);
  };
  const message = QUEUE_REQUESTS * PRICES.queueRequest;
  const told = price(notifications.publish) + PRICES.busEvent + EVENT_MESSAGES * message;
  return {
    feed: MILLION * told,
    webhook: MILLION * (price(notifications.dispatch) + message + price(notifications.deliver)),
    mail: MILLION * (price(notifications.mail) + PRICES.mail),
  };
}

function keysOf({ pk, sk }: WireItem): object {
  return { pk, sk };
}

/** @throws Error with the refusal */
async function required(...[scene, name, facts]: [Scene, ...Parameters<Scene['ask']>]): Promise<void> {
  const { status, body } = await scene.ask(name, facts);
  if (status >= 300) throw new Error(`${facts.route.operationId}: ${String(status)} ${JSON.stringify(body)}`);
}

/** What has been put into the queue of deliveries, each as a call that delivers it. */
async function deliveries(queue: SQSClient, scene: Scene, count: number): Promise<(() => Promise<unknown>)[]> {
  const QueueUrl = scene.hub.queueUrl(DELIVERIES);
  const calls: (() => Promise<unknown>)[] = [];
  for (let attempt = 0; attempt < count && calls.length < count; attempt++) {
    const { Messages = [] } = await queue.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    for (const { MessageId: messageId, ReceiptHandle: receiptHandle, Body: body } of Messages) {
      calls.push(() => scene.hub.invoke('WebhooksDeliver', { Records: [{ messageId, receiptHandle, body }] }));
    }
    if (Messages.length === 0) await sleep(20);
  }
  if (calls.length < count) throw new Error(`Of ${String(count)} deliveries ${String(calls.length)} are in the queue`);
  return calls;
}
