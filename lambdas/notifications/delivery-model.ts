import type * as z from 'zod/mini';

import type { CloudEvent } from './cloud-event.ts';
import { TEST_EVENT_TYPE } from './event-types.ts';
import type { Attempt as AttemptShape, Delivery as DeliveryShape } from './webhook-contract.ts';
import type { DisabledReason, Webhook } from './webhook-model.ts';

/** Deliveries of events to webhooks, and every decision about them. Pure. */

export type Attempt = z.output<typeof AttemptShape>;
type Shape = z.output<typeof DeliveryShape>;

export interface Delivery extends Omit<Shape, 'eventId' | 'eventType' | 'attempts'> {
  readonly institutionId: string;
  readonly event: CloudEvent;
  readonly attempts: readonly Attempt[];
  /** When the present run of attempts began, and how many have failed since. */
  readonly since?: string | undefined;
  readonly tries: number;
  readonly version: number;
}

/** What stands in the queue for a delivery. */
export type DeliveryKey = Pick<Delivery, 'institutionId' | 'webhookId'> & { readonly deliveryId: string };

export const keyOf = ({ institutionId, webhookId, id: deliveryId }: Delivery): DeliveryKey => ({
  institutionId,
  webhookId,
  deliveryId,
});

/** Milliseconds for which the Hub tries to deliver. */
export const TRIED_FOR = 3 * 86_400_000;
const KEPT_ATTEMPTS = 20;

/**
 * Seconds after each failure, as Standard Webhooks advise it.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#deliverability-and-reliability
 */
const PAUSES = [5, 300, 1800, 7200, 18_000, 36_000];
/** SQS hides a message for 12 hours at most, counted from when it was received. */
const LONGEST_PAUSE = 12 * 3600 - 120;

/** @param tries that have failed @param random in [0, 1) @returns milliseconds */
export function pauseAfter(tries: number, random: number): number {
  const pause = PAUSES[tries - 1] ?? LONGEST_PAUSE;
  return Math.min(LONGEST_PAUSE, pause * (0.9 + 0.2 * random)) * 1000;
}

export function newDelivery(id: string, webhook: Webhook, event: CloudEvent, isHeld: boolean, now: Date): Delivery {
  const at = now.toISOString();
  return {
    ...{ id, event, webhookId: webhook.id, institutionId: webhook.institutionId },
    ...{ status: isHeld ? 'waiting' : 'pending', attempts: [], tries: 0, createdAt: at, updatedAt: at, version: 1 },
  };
}

/** The event of a trial. */
export function testEvent({ id, institutionId }: Webhook, eventId: string, now: Date): CloudEvent {
  return {
    specversion: '1.0',
    id: eventId,
    source: `/v1/institutions/${institutionId}`,
    type: TEST_EVENT_TYPE,
    subject: `webhook/${id}`,
    time: now.toISOString(),
    datacontenttype: 'application/json',
    sequence: '0'.repeat(10),
    data: { id, href: `/v1/webhooks/${id}`, action: 'test' },
  };
}

function changed(delivery: Delivery, change: Partial<Delivery>, now: Date): Delivery {
  return { ...delivery, ...change, updatedAt: now.toISOString(), version: delivery.version + 1 };
}

/** Puts a delivery by until its webhook is enabled. */
export function held(delivery: Delivery, now: Date): Delivery {
  return changed(delivery, { status: 'waiting', nextAttemptAt: undefined }, now);
}

/** Begins another run of attempts. What waits goes on waiting until it is tried. */
export function replayed(delivery: Delivery, now: Date): Delivery {
  const status = delivery.status === 'waiting' ? 'waiting' : 'pending';
  return changed(delivery, { status, since: undefined, tries: 0, nextAttemptAt: undefined }, now);
}

export interface Verdict {
  readonly delivery: Delivery;
  /** Milliseconds until it is tried again; nothing when it is not. */
  readonly pause?: number;
  /** Why the webhook is to be disabled. */
  readonly disable?: DisabledReason;
}

/**
 * What becomes of a delivery by an attempt.
 * @param random in [0, 1)
 */
export function judge(delivery: Delivery, attempt: Attempt, now: Date, random: number): Verdict {
  const attempts = [...delivery.attempts, attempt].slice(-KEPT_ATTEMPTS);
  const settled = { attempts, nextAttemptAt: undefined };
  const { status = 0 } = attempt;
  if (status >= 200 && status < 300) return { delivery: changed(delivery, { ...settled, status: 'delivered' }, now) };
  if (status === 410) {
    return { delivery: changed(delivery, { ...settled, status: 'waiting' }, now), disable: 'gone' };
  }
  // What has waited begins anew.
  const run = delivery.status === 'waiting' ? { since: attempt.at, tries: 0 } : delivery;
  const { since = attempt.at } = run;
  const tries = run.tries + 1;
  const left = Date.parse(since) + TRIED_FOR - now.getTime();
  if (left <= 0) {
    return { delivery: changed(delivery, { ...settled, since, tries, status: 'failed' }, now), disable: 'failing' };
  }
  const pause = Math.min(left, pauseAfter(tries, random));
  const nextAttemptAt = new Date(now.getTime() + pause).toISOString();
  return {
    delivery: changed(delivery, { attempts, since, tries, status: 'pending', nextAttemptAt }, now),
    pause,
  };
}

export function showDelivery(delivery: Delivery): Shape {
  const { id, webhookId, event, status, attempts, nextAttemptAt, createdAt, updatedAt } = delivery;
  return {
    ...{ id, webhookId, eventId: event.id, eventType: event.type, status, attempts: [...attempts] },
    ...(nextAttemptAt !== undefined && { nextAttemptAt }),
    ...{ createdAt, updatedAt },
  };
}
