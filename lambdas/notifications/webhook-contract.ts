import * as z from 'zod/mini';

import { doneBy, STAFF } from '../shared/auth/rules.ts';
import { Busy, InvalidCursor, NotFound } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { Id, Instant, PageQuery, pageOf } from '../shared/values.ts';
import { EVENT_TYPES } from './event-types.ts';
import { ReceiverNotAllowed, TooManyWebhooks, WebhookDisabled } from './webhook-errors.ts';

/** Webhooks: where an institution's systems are called when something happens that concerns it. */

export const WEBHOOK_STATUSES = ['active', 'disabled', 'removed'] as const;
export const DISABLED_REASONS = ['by-owner', 'gone', 'failing'] as const;
export const SIGNATURES = ['hmac-sha256', 'ed25519'] as const;
export const DELIVERY_STATUSES = ['pending', 'waiting', 'delivered', 'failed'] as const;
/** Why a request got no answer, or none that counts. */
export const FAILURES = ['address', 'name', 'connection', 'certificate', 'timeout', 'answer'] as const;

const Url = z.string().check(z.minLength(1), z.maxLength(500)).register(z.globalRegistry, {
  description: 'An `https` URL on the public internet. It is called with `POST`; redirects are not followed.',
});
const Description = z
  .string()
  .check(
    z.trim(),
    z.minLength(1),
    z.maxLength(100),
    z.refine((text) => text.isWellFormed(), 'must be well-formed Unicode'),
    z.refine(
      (text) => !/@|\d(?:[ ().-]?\d){6}/.test(text),
      'must not contain an e-mail address, phone or identity number',
    ),
  )
  .register(z.globalRegistry, { description: 'What it is for, in your own words. Nothing about a person.' });

const EventTypes = z
  .array(z.enum(EVENT_TYPES))
  .check(
    z.minLength(1),
    z.maxLength(EVENT_TYPES.length),
    z.refine((types) => new Set(types).size === types.length, 'must name each type once'),
  )
  .register(z.globalRegistry, {
    id: 'EventTypes',
    description: 'What it is told of. Not there: of everything, also of types that are yet to come.',
  });

const common = {
  id: Id,
  url: Url,
  eventTypes: z.optional(EventTypes),
  description: z.optional(Description),
  status: z.enum(WEBHOOK_STATUSES).register(z.globalRegistry, {
    description: '`removed` is only in the answer to its removal. What happens while it is disabled waits.',
  }),
  reason: z.optional(z.enum(DISABLED_REASONS)).register(z.globalRegistry, {
    description:
      'Why it is disabled: you did it; the receiver answered `410`; or it did not take a delivery for three days.',
  }),
  signature: z.enum(SIGNATURES),
  publicKey: z.optional(z.string()).register(z.globalRegistry, {
    description: '`whpk_…`, with which `v1a` signatures are verified; only where `signature` is `ed25519`.',
  }),
  createdAt: Instant,
  updatedAt: Instant,
};

export const Webhook = z.strictObject(common).register(z.globalRegistry, { id: 'Webhook' });
const WebhookWithSecret = z
  .strictObject({
    ...common,
    secret: z.optional(z.string()).register(z.globalRegistry, {
      description:
        '`whsec_…`, with which `v1` signatures are verified. Shown this once: keep it. Not there in a replayed answer.',
    }),
  })
  .register(z.globalRegistry, { id: 'WebhookWithSecret' });

export const Attempt = z
  .strictObject({
    at: Instant,
    durationMs: z.int(),
    status: z.optional(z.int()).register(z.globalRegistry, { description: 'HTTP status of the answer.' }),
    failure: z.optional(z.enum(FAILURES)).register(z.globalRegistry, {
      description: 'Why there is no status: the address is not allowed, the name is not known, …',
    }),
  })
  .register(z.globalRegistry, { id: 'DeliveryAttempt' });

export const Delivery = z
  .strictObject({
    id: Id.check().register(z.globalRegistry, { description: 'Is the `webhook-id` of every attempt.' }),
    webhookId: Id,
    eventId: z.string(),
    eventType: z.string(),
    status: z.enum(DELIVERY_STATUSES).register(z.globalRegistry, {
      description:
        '`pending`: on its way, or tried again later; `waiting`: for the webhook to be enabled; `failed`: given up.',
    }),
    attempts: z.array(Attempt).register(z.globalRegistry, { description: 'The last twenty.' }),
    nextAttemptAt: z.optional(Instant).register(z.globalRegistry, { description: 'Not before then.' }),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .register(z.globalRegistry, { id: 'Delivery' });

const webhookParams = z.strictObject({ webhookId: Id });

const read = { scopes: ['hub/notifications.read'], access: doneBy(STAFF, 'self') } as const;
const write = { scopes: ['hub/notifications.write'], access: doneBy(STAFF, 'self') } as const;

export const webhookRoutes = defineRoutes({
  createWebhook: {
    operationId: 'createWebhook',
    method: 'POST',
    path: '/v1/webhooks',
    summary: 'Have your system called when something happens',
    description:
      'Every event that concerns your institution is sent as a CloudEvent by `POST`, signed as Standard Webhooks say. The answer shows the secret, this once.',
    ...write,
    body: z.strictObject({
      url: Url,
      eventTypes: z.optional(EventTypes),
      description: z.optional(Description),
      signature: z._default(z.enum(SIGNATURES), 'hmac-sha256'),
    }),
    idempotencyKey: 'required',
    response: { status: 201, description: 'The new webhook.', schema: WebhookWithSecret, etag: true },
    problems: [ReceiverNotAllowed, TooManyWebhooks],
  },
  listWebhooks: {
    operationId: 'listWebhooks',
    method: 'GET',
    path: '/v1/webhooks',
    summary: 'Your institution’s webhooks',
    ...read,
    query: z.strictObject(PageQuery),
    response: {
      status: 200,
      description: 'A page of webhooks, oldest first.',
      schema: pageOf(Webhook, 'WebhookPage'),
    },
    problems: [InvalidCursor],
  },
  getWebhook: {
    operationId: 'getWebhook',
    method: 'GET',
    path: '/v1/webhooks/{webhookId}',
    summary: 'One webhook',
    ...read,
    params: webhookParams,
    response: { status: 200, description: 'The webhook.', schema: Webhook, etag: true },
    problems: [NotFound],
  },
  updateWebhook: {
    operationId: 'updateWebhook',
    method: 'PATCH',
    path: '/v1/webhooks/{webhookId}',
    summary: 'Change, disable or enable a webhook',
    description:
      'What is not named stays. Once it is active again, everything is sent that has waited for it, in no certain order.',
    ...write,
    params: webhookParams,
    body: z.strictObject({
      url: z.optional(Url),
      eventTypes: z.optional(z.nullable(EventTypes)).register(z.globalRegistry, { description: '`null`: all.' }),
      description: z.optional(z.nullable(Description)),
      status: z.optional(z.enum(['active', 'disabled'])),
    }),
    ifMatch: 'required',
    response: { status: 200, description: 'The webhook as it is then.', schema: Webhook, etag: true },
    problems: [NotFound, ReceiverNotAllowed, Busy],
  },
  removeWebhook: {
    operationId: 'removeWebhook',
    method: 'DELETE',
    path: '/v1/webhooks/{webhookId}',
    summary: 'Remove a webhook',
    description: 'Its secrets are gone at once, and nothing more is sent, nor what has waited.',
    ...write,
    params: webhookParams,
    ifMatch: 'required',
    response: { status: 200, description: 'The webhook as it was.', schema: Webhook, etag: true },
    problems: [NotFound, Busy],
  },
  testWebhook: {
    operationId: 'testWebhook',
    method: 'POST',
    path: '/v1/webhooks/{webhookId}/test',
    summary: 'Send a trial event',
    description: 'An event of the type `org.oncology-hub.webhook.test.v1`, which is in no feed. See its delivery.',
    ...write,
    params: webhookParams,
    body: z.strictObject({}),
    bodyOptional: true,
    idempotencyKey: 'optional',
    response: { status: 200, description: 'The delivery, which is on its way.', schema: Delivery },
    problems: [NotFound, WebhookDisabled],
  },
  rotateWebhookSecret: {
    operationId: 'rotateWebhookSecret',
    method: 'POST',
    path: '/v1/webhooks/{webhookId}/rotate-secret',
    summary: 'Give a webhook a new secret',
    description:
      'For 24 hours everything is signed with the old and the new one. The answer shows the new one, this once. With more than five in a day, the oldest ends at once.',
    ...write,
    params: webhookParams,
    body: z.strictObject({}),
    bodyOptional: true,
    idempotencyKey: 'required',
    response: { status: 200, description: 'The webhook with its new secret.', schema: WebhookWithSecret, etag: true },
    problems: [NotFound, Busy],
  },
  listDeliveries: {
    operationId: 'listDeliveries',
    method: 'GET',
    path: '/v1/webhooks/{webhookId}/deliveries',
    summary: 'What was sent to a webhook, and what waits',
    description: 'Of the last 30 days.',
    ...read,
    params: webhookParams,
    query: z.strictObject(PageQuery),
    response: {
      status: 200,
      description: 'A page of deliveries, newest event first.',
      schema: pageOf(Delivery, 'DeliveryPage'),
    },
    problems: [NotFound, InvalidCursor],
  },
  replayDelivery: {
    operationId: 'replayDelivery',
    method: 'POST',
    path: '/v1/webhooks/{webhookId}/deliveries/{deliveryId}/replay',
    summary: 'Send a delivery again',
    description: 'The same event with the same `webhook-id`, whatever has become of it before.',
    ...write,
    params: z.strictObject({ webhookId: Id, deliveryId: Id }),
    body: z.strictObject({}),
    bodyOptional: true,
    idempotencyKey: 'optional',
    response: { status: 200, description: 'The delivery, which is on its way.', schema: Delivery },
    problems: [NotFound, WebhookDisabled, Busy],
  },
});
