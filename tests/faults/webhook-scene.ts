import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { uuidv7 } from 'uuidv7';

import type { CloudEvent } from '../../lambdas/notifications/cloud-event.ts';
import { deliver, type Handled } from '../../lambdas/notifications/deliver.ts';
import { DeliveriesTable } from '../../lambdas/notifications/deliveries-table.ts';
import type { DeliveryKey } from '../../lambdas/notifications/delivery-model.ts';
import { dispatch } from '../../lambdas/notifications/dispatch.ts';
import { post } from '../../lambdas/notifications/receiver.ts';
import { resume } from '../../lambdas/notifications/resume.ts';
import { newKey } from '../../lambdas/notifications/signatures.ts';
import { newWebhook, updated, type Webhook } from '../../lambdas/notifications/webhook-model.ts';
import { WebhooksTable } from '../../lambdas/notifications/webhooks-table.ts';
import { HUB } from '../../lambdas/shared/auth/agent.ts';
import { SingleTable } from '../../lambdas/shared/dynamo/single-table.ts';
import type { Hub } from '../../lib/local/hub.ts';
import { startQuietHub } from '../support/quiet-hub.ts';

/** The jobs of webhooks on a real table, with a clock and a queue of the test's own. */

/** What happens at a step of a job: before or after it, the process may be killed, or somebody else may do something. */
export interface Interference {
  readonly before?: (step: number) => Promise<void> | void;
  readonly after?: (step: number) => Promise<void> | void;
}

/** A message, as long as nobody has said that it is done with. */
interface Queued {
  readonly key: DeliveryKey;
  /** In milliseconds, by the test's clock. */
  visibleAt: number;
}

export class Killed extends Error {}

export class WebhookScene {
  readonly webhooks: WebhooksTable;
  readonly deliveries: DeliveriesTable;
  readonly #hub: Hub;
  readonly #client: DynamoDBClient;
  messages: Queued[] = [];
  time = Date.parse('2026-06-01T00:00:00Z');
  #steps = 0;
  #interference: Interference = {};

  private constructor(hub: Hub) {
    this.#hub = hub;
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    this.#client = new DynamoDBClient({ endpoint: hub.dynamodbEndpoint, region: 'eu-central-1', credentials });
    const table = new SingleTable(DynamoDBDocumentClient.from(this.#client), hub.tableName('Notifications'));
    this.webhooks = new WebhooksTable(table);
    this.deliveries = new DeliveriesTable(table);
  }

  static async open(): Promise<WebhookScene> {
    return new WebhookScene(await startQuietHub());
  }

  async close(): Promise<void> {
    this.#client.destroy();
    await this.#hub.stop();
  }

  now = (): Date => new Date(this.time);

  async webhook(institutionId: string, url: string, change: Parameters<typeof updated>[1] = {}): Promise<Webhook> {
    const body = { url, signature: 'hmac-sha256' } as const;
    const webhook = newWebhook(uuidv7(), institutionId, body, undefined, { now: this.now(), by: HUB });
    const creation = { request: uuidv7(), fingerprint: '', resourceId: webhook.id, now: this.now() };
    const key = { number: 1, signature: body.signature, secret: newKey(body.signature).secret };
    await this.webhooks.create(creation, webhook, key);
    return Object.keys(change).length === 0 ? webhook : this.change(webhook, change);
  }

  async change(seen: Webhook, change: Parameters<typeof updated>[1]): Promise<Webhook> {
    const before = (await this.webhooks.get(seen.institutionId, seen.id))!;
    const after = updated(before, change, { now: this.now(), by: HUB });
    if (!(await this.webhooks.replace(before, after))) throw new Error('The webhook has changed');
    return after;
  }

  /** What the job does that follows the table's changes. */
  async enable(webhook: Webhook): Promise<void> {
    await this.change(webhook, { status: 'active' });
    await resume({ deliveries: this.deliveries, queue: this.#queue }, webhook);
  }

  /** From now on, counting steps from 1. */
  interfere(interference: Interference = {}): void {
    this.#interference = interference;
    this.#steps = 0;
  }

  get steps(): number {
    return this.#steps;
  }

  /** Hands an event to the dispatcher until it takes it. */
  async tell(event: CloudEvent): Promise<void> {
    const message = JSON.stringify({ source: 'org.oncology-hub', 'detail-type': event.type, detail: event });
    const ports = { ...this.#ports(), queue: this.#interfered(this.#queue) };
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        await dispatch(ports, message);
        return;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      }
    }
    throw new Error('The event is not taken');
  }

  /** Handles the messages that are visible, as often as there are any. */
  async work(): Promise<Handled[]> {
    const all: Handled[] = [];
    for (let message = this.#visible(); message !== undefined; message = this.#visible()) {
      const handled = await this.#handle(message);
      if (handled !== undefined) all.push(handled);
    }
    return all;
  }

  /** Lets time pass until every message is done with, `within` milliseconds at most. */
  async settle(within: number): Promise<void> {
    const end = this.time + within;
    for (;;) {
      await this.work();
      const next = Math.min(...this.messages.map(({ visibleAt }) => visibleAt));
      if (next > end) return;
      this.time = next;
    }
  }

  #visible(): Queued | undefined {
    return this.messages.find(({ visibleAt }) => visibleAt <= this.time);
  }

  async #handle(message: Queued): Promise<Handled | undefined> {
    // For as long as the queue hides what was received.
    message.visibleAt = this.time + 180_000;
    const ports = {
      ...this.#ports(),
      receivers: { local: ['127.0.0.1'] },
      random: () => 0.5,
      post: this.#interfered({ post }).post,
    };
    try {
      const handled = await deliver(ports, message.key);
      if (handled.kind === 'again') message.visibleAt = this.time + handled.pause;
      else this.messages = this.messages.filter((each) => each !== message);
      return handled;
    } catch (error) {
      if (error instanceof Killed) return undefined;
      throw error;
    }
  }

  #ports() {
    return {
      webhooks: this.#interfered(this.webhooks),
      deliveries: this.#interfered(this.deliveries),
      now: this.now,
    };
  }

  readonly #queue = {
    send: (keys: readonly DeliveryKey[]): Promise<void> => {
      this.messages.push(...keys.map((key) => ({ key, visibleAt: this.time })));
      return Promise.resolve();
    },
  };

  /** The same, but each call is a step. */
  #interfered<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name, target);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]): Promise<unknown> => {
          const step = ++this.#steps;
          await this.#interference.before?.(step);
          const result: unknown = await Reflect.apply(method, target, args);
          await this.#interference.after?.(step);
          return result;
        };
      },
    });
  }
}

let events = 0;
/** An event that nobody has heard of yet. */
export function anEvent(institutionId: string, now: Date): CloudEvent {
  events += 1;
  const sequence = String(events).padStart(10, '0');
  return {
    specversion: '1.0',
    id: `${institutionId}.${sequence}`,
    source: `/v1/institutions/${institutionId}`,
    type: 'org.oncology-hub.booking.held.v1',
    subject: `booking/${uuidv7()}`,
    time: now.toISOString(),
    datacontenttype: 'application/json',
    sequence,
    data: { id: uuidv7(), action: 'hold' },
  };
}
