import { notFound, type Permission } from '../shared/auth/access.ts';
import { creationOf } from '../shared/http/creation.ts';
import { keyReused } from '../shared/http/idempotency.ts';
import type { Page, PageRequest } from '../shared/http/pages.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy } from '../shared/http/problems.ts';
import { refuseStale } from '../shared/http/versions.ts';
import { receiverUrl } from './addresses.ts';
import { newKey } from './signatures.ts';
import { ReceiverNotAllowed, TooManyWebhooks } from './webhook-errors.ts';
import {
  type CreationBody,
  MAX_WEBHOOKS,
  newWebhook,
  removed,
  rotated,
  type Stamp,
  type UpdateBody,
  updated,
  type Webhook,
} from './webhook-model.ts';
import type { Outcome, WebhookPorts } from './webhook-ports.ts';

/** Making, changing and removing webhooks. */

/** A webhook, with its secret when that is new. */
export interface WebhookAndSecret {
  readonly webhook: Webhook;
  readonly secret?: string;
}

interface Addressed {
  readonly permission: Permission;
  readonly webhookId: string;
}

/** @throws Problem `not-found`, also for what is another institution's; `role-not-permitted` */
export async function getWebhook(
  { webhooks }: Pick<WebhookPorts, 'webhooks'>,
  { permission, webhookId }: Addressed,
): Promise<Webhook> {
  permission.require('self');
  const webhook = await webhooks.get(permission.caller.institutionId, webhookId);
  if (webhook === undefined) throw notFound();
  return webhook;
}

/** @throws Problem `role-not-permitted`, `invalid-cursor` */
export async function listWebhooks(ports: WebhookPorts, request: PageRequest): Promise<Page<Webhook>> {
  const { permission, limit, cursor } = request;
  permission.require('self');
  const { institutionId } = permission.caller;
  const list = `webhooks:${institutionId}`;
  const after = cursor === undefined ? undefined : ports.cursors.read(list, cursor);
  const { webhooks, next } = await ports.webhooks.list(institutionId, limit, after);
  return { items: webhooks, next: next === undefined ? undefined : ports.cursors.write(list, next) };
}

export interface WebhookCreation {
  readonly permission: Permission;
  readonly body: CreationBody;
  readonly idempotencyKey: string;
}

/** @throws Problem `receiver-not-allowed`, `too-many-webhooks`, `idempotency-key-reused` */
export async function createWebhook(ports: WebhookPorts, request: WebhookCreation): Promise<Outcome<WebhookAndSecret>> {
  const { permission, body } = request;
  permission.require('self');
  const { institutionId } = permission.caller;
  refuseReceiver(ports, body.url);
  const { secret, shown, publicKey } = newKey(body.signature);
  const webhook = newWebhook(ports.newId(), institutionId, body, publicKey, stampOf(ports, permission));
  const creation = creationOf(ports, request, ['createWebhook'], webhook.id);
  const outcome = await ports.webhooks.create(creation, webhook, { number: 1, signature: body.signature, secret });
  switch (outcome.kind) {
    case 'created':
      return { value: withSecret(webhook, shown), replayed: false };
    case 'replayed':
      return {
        value: { webhook: await getWebhook(ports, { permission, webhookId: outcome.resourceId }) },
        replayed: true,
      };
    case 'key-reused':
      throw keyReused();
    case 'refused':
      throw new Problem(TooManyWebhooks, `An institution has ${String(MAX_WEBHOOKS)} webhooks at most.`, {
        limit: MAX_WEBHOOKS,
      });
  }
}

export interface WebhookUpdate extends Addressed {
  readonly body: UpdateBody;
  readonly expectedVersion: number;
}

/** @throws Problem `not-found`, `receiver-not-allowed`, `stale-version`, `busy` */
export async function updateWebhook(ports: WebhookPorts, request: WebhookUpdate): Promise<Webhook> {
  const { permission, body, expectedVersion } = request;
  const before = await getWebhook(ports, request);
  if (body.url !== undefined) refuseReceiver(ports, body.url);
  refuseStale('webhook', before, expectedVersion);
  const after = updated(before, body, stampOf(ports, permission));
  if (await ports.webhooks.replace(before, after)) return after;
  refuseStale('webhook', await getWebhook(ports, request), expectedVersion);
  throw busy();
}

export interface WebhookRemoval extends Addressed {
  readonly expectedVersion: number;
}

/** @throws Problem `not-found`, `stale-version`, `busy` */
export async function removeWebhook(ports: WebhookPorts, request: WebhookRemoval): Promise<Webhook> {
  const { permission, expectedVersion } = request;
  const before = await getWebhook(ports, request);
  refuseStale('webhook', before, expectedVersion);
  const after = removed(before, stampOf(ports, permission));
  if (await ports.webhooks.remove(before, after)) return after;
  refuseStale('webhook', await getWebhook(ports, request), expectedVersion);
  throw busy();
}

export interface SecretRotation extends Addressed {
  readonly body: object;
  readonly idempotencyKey: string;
}

/** Both the old and the new secret sign for a while. @throws Problem `not-found`, `idempotency-key-reused`, `busy` */
export async function rotateSecret(ports: WebhookPorts, request: SecretRotation): Promise<Outcome<WebhookAndSecret>> {
  const { permission, webhookId } = request;
  const before = await getWebhook(ports, request);
  const { secret, shown, publicKey } = newKey(before.signature);
  const rotation = rotated(before, publicKey, stampOf(ports, permission));
  const creation = creationOf(ports, request, ['rotateWebhookSecret', webhookId], webhookId);
  const key = { number: rotation.replaced + 1, signature: before.signature, secret };
  const outcome = await ports.webhooks.rotate(creation, rotation, key);
  switch (outcome.kind) {
    case 'created':
      return { value: withSecret(rotation.webhook, shown), replayed: false };
    case 'replayed':
      return { value: { webhook: before }, replayed: true };
    case 'key-reused':
      throw keyReused();
    case 'refused':
      throw busy();
  }
}

function refuseReceiver({ receivers }: WebhookPorts, url: string): void {
  if (receiverUrl(url, receivers) !== undefined) return;
  throw new Problem(ReceiverNotAllowed, 'The URL is none that the Hub calls.', {
    errors: [{ pointer: '/url', message: 'must be an https URL of a host on the public internet' }],
  });
}

const stampOf = ({ now }: WebhookPorts, { agent }: Permission): Stamp => ({ now: now(), by: agent });

const withSecret = (webhook: Webhook, secret: string | undefined): WebhookAndSecret => ({
  webhook,
  ...(secret !== undefined && { secret }),
});

const busy = (): Problem => new Problem(Busy, 'The webhook is being changed by others.', {}, 1);
