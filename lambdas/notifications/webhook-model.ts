import type * as z from 'zod/mini';

import type { Agent } from '../shared/auth/agent.ts';
import type { CloudEvent } from './cloud-event.ts';
import type { Webhook as WebhookShape, webhookRoutes } from './webhook-contract.ts';

/** Webhooks as the Hub keeps them, and every decision about them. Pure. */

type Shape = z.output<typeof WebhookShape>;
export type DisabledReason = NonNullable<Shape['reason']>;

export interface Webhook extends Omit<Shape, 'eventTypes'> {
  readonly institutionId: string;
  /** All, where there are none. */
  readonly eventTypes?: readonly string[] | undefined;
  /** Numbers of the keys that sign, the newest last. */
  readonly keys: readonly number[];
  /** Counts the changes; what an ETag says. */
  readonly version: number;
  readonly by: Agent;
}

/** A key that signs: see `signatures.ts`. */
export interface SigningKey {
  readonly number: number;
  readonly signature: Webhook['signature'];
  /** Base64: the bytes of the secret, or the seed of an Ed25519 key. */
  readonly secret: string;
  /** Until when, in milliseconds; the newest has no end. */
  readonly until?: number | undefined;
}

export interface Stamp {
  readonly now: Date;
  readonly by: Agent;
}

export type CreationBody = z.output<typeof webhookRoutes.createWebhook.body>;
export type UpdateBody = z.output<typeof webhookRoutes.updateWebhook.body>;

export const MAX_WEBHOOKS = 10;
/** Keys that sign at the same time. */
export const MAX_KEYS = 5;
/** Milliseconds for which an old key goes on signing. */
export const OVERLAP = 24 * 3_600_000;

export function newWebhook(
  id: string,
  institutionId: string,
  { url, eventTypes, description, signature }: CreationBody,
  publicKey: string | undefined,
  { now, by }: Stamp,
): Webhook {
  const at = now.toISOString();
  return {
    ...{ id, institutionId, url, eventTypes, description, signature, publicKey, by },
    ...{ status: 'active', keys: [1], createdAt: at, updatedAt: at, version: 1 },
  };
}

function changed(webhook: Webhook, change: Partial<Webhook>, { now, by }: Stamp): Webhook {
  return { ...webhook, ...change, updatedAt: now.toISOString(), version: webhook.version + 1, by };
}

/** Applies what its owner wants. */
export function updated(webhook: Webhook, { eventTypes, description, status, url }: UpdateBody, stamp: Stamp): Webhook {
  const state: Partial<Webhook> =
    status === undefined || status === webhook.status
      ? {}
      : { status, reason: status === 'disabled' ? 'by-owner' : undefined };
  return changed(
    webhook,
    {
      ...(url !== undefined && { url }),
      ...(eventTypes !== undefined && { eventTypes: eventTypes ?? undefined }),
      ...(description !== undefined && { description: description ?? undefined }),
      ...state,
    },
    stamp,
  );
}

export function disabled(webhook: Webhook, reason: DisabledReason, stamp: Stamp): Webhook {
  return changed(webhook, { status: 'disabled', reason }, stamp);
}

export function removed(webhook: Webhook, stamp: Stamp): Webhook {
  return changed(webhook, { status: 'removed', reason: undefined, keys: [] }, stamp);
}

export interface Rotation {
  readonly webhook: Webhook;
  /** Number of the key that goes on for a while. */
  readonly replaced: number;
  /** Numbers of those that end at once. */
  readonly ended: readonly number[];
}

/** Gives a webhook another key. */
export function rotated(webhook: Webhook, publicKey: string | undefined, stamp: Stamp): Rotation {
  const replaced = webhook.keys.at(-1) ?? 0;
  const keys = [...webhook.keys, replaced + 1].slice(-MAX_KEYS);
  return {
    webhook: changed(webhook, { keys, publicKey }, stamp),
    replaced,
    ended: webhook.keys.filter((number) => !keys.includes(number)),
  };
}

/** Whether a webhook is told of an event. */
export function wants({ eventTypes, createdAt }: Webhook, { type, time }: CloudEvent): boolean {
  // What had happened before there was a webhook is not told, however late it comes.
  return (eventTypes === undefined || eventTypes.includes(type)) && time >= createdAt;
}

export function showWebhook({ institutionId: _, keys: __, version: ___, by: ____, ...webhook }: Webhook) {
  return webhook;
}
