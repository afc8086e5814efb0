import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { api } from '../support/client.ts';
import { anInstitution } from '../support/factories.ts';
import { NOBODY, paramsOf, typeOf, type Webhook, WebhookOwner } from '../support/webhooks.ts';

/** Making webhooks and looking after them. What they are told is in `webhook-deliveries.test.ts`. */

let owner: WebhookOwner;
beforeEach(async () => {
  owner = await WebhookOwner.open();
});
afterEach(() => {
  owner.receiver.close();
});

describe('a webhook', () => {
  test('is made with a secret that is shown once, and is listed, read, changed and removed', async () => {
    const made = await owner.client.call('createWebhook', {
      body: { url: NOBODY, description: 'Ward system' },
    });
    expect(made.status).toBe(201);
    const { secret, ...webhook } = made.ok;
    expect(made.headers.location).toBe(`/v1/webhooks/${webhook.id}`);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(webhook).toMatchObject({ status: 'active', signature: 'hmac-sha256', description: 'Ward system' });

    expect((await owner.client.call('getWebhook', { params: paramsOf(webhook) })).ok).toEqual(webhook);
    expect((await owner.client.call('listWebhooks')).ok.items).toEqual([webhook]);
    const changed = (await owner.change(webhook, { description: null, eventTypes: [typeOf('booking.held')] })).ok;
    expect(changed).toMatchObject({ eventTypes: [typeOf('booking.held')] });
    expect(changed).not.toHaveProperty('description');
    expect((await owner.change(webhook, { eventTypes: null })).ok).not.toHaveProperty('eventTypes');

    const removed = await owner.client.call('removeWebhook', { params: paramsOf(webhook), ifMatch: '"3"' });
    expect(removed.ok.status).toBe('removed');
    expect((await owner.client.call('getWebhook', { params: paramsOf(webhook) })).code).toBe('not-found');
    expect((await owner.client.call('listWebhooks')).ok.items).toEqual([]);
  });

  test('is made once for an Idempotency-Key, and the secret is not shown again', async () => {
    const body = { url: NOBODY };
    const first = await owner.client.call('createWebhook', { body, key: 'once' });
    const again = await owner.client.call('createWebhook', { body, key: 'once' });
    expect(again.headers['idempotency-replayed']).toBe('true');
    const { secret: _, ...shown } = first.ok;
    expect(again.ok).toEqual(shown);
    const other = await owner.client.call('createWebhook', { body: { ...body, description: 'Other' }, key: 'once' });
    expect(other.code).toBe('idempotency-key-reused');
    expect((await owner.client.call('listWebhooks')).ok.items).toHaveLength(1);
  });

  test('is not changed or removed by who has not seen what it is', async () => {
    const webhook = await owner.webhook();
    await owner.change(webhook, { status: 'disabled' });
    for (const operation of ['updateWebhook', 'removeWebhook'] as const) {
      const body = operation === 'updateWebhook' ? { body: { status: 'active' } } : {};
      expect((await owner.client.call(operation, { params: paramsOf(webhook), ifMatch: '"1"', ...body })).code).toBe(
        'stale-version',
      );
      expect((await owner.client.call(operation, { params: paramsOf(webhook), ...body })).code).toBe(
        'if-match-missing',
      );
    }
  });

  test('is one of ten at most, also when they are made at once; one that is removed makes room', async () => {
    const answers = await Promise.all(
      Array.from({ length: 13 }, () => owner.client.call('createWebhook', { body: { url: NOBODY } })),
    );
    const codes = answers.map(({ code }) => code);
    expect(codes.filter((code) => code === '201')).toHaveLength(10);
    expect(codes.filter((code) => code === 'too-many-webhooks')).toHaveLength(3);
    const [webhook] = (await owner.client.call('listWebhooks')).ok.items;
    await owner.client.call('removeWebhook', { params: paramsOf(webhook as Webhook), ifMatch: '"1"' });
    expect((await owner.client.call('createWebhook', { body: { url: NOBODY } })).status).toBe(201);
  });

  test('is nobody else’s to see or touch', async () => {
    const webhook = await owner.webhook();
    const { id: deliveryId } = await owner.trial(webhook);
    const stranger = api((await anInstitution()).id);
    const all = { params: { ...paramsOf(webhook), deliveryId } };
    expect((await stranger.call('getWebhook', all)).code).toBe('not-found');
    expect((await stranger.call('updateWebhook', { ...all, body: { status: 'disabled' }, ifMatch: '"1"' })).code).toBe(
      'not-found',
    );
    expect((await stranger.call('removeWebhook', { ...all, ifMatch: '"1"' })).code).toBe('not-found');
    for (const operation of ['testWebhook', 'rotateWebhookSecret', 'listDeliveries', 'replayDelivery'] as const) {
      expect((await stranger.call(operation, all)).code).toBe('not-found');
    }
    expect((await stranger.call('listWebhooks')).ok.items).toEqual([]);
    const other = (await stranger.call('createWebhook', { body: { url: NOBODY } })).ok;
    // A delivery of somebody else's, asked for by a webhook of one's own.
    const foreign = { params: { webhookId: other.id, deliveryId } };
    expect((await stranger.call('replayDelivery', foreign)).code).toBe('not-found');
  });
});

describe('a receiver is refused', () => {
  test.each([
    'http://hooks.hospital.by/',
    'http://127.0.0.1.nip.io/',
    'https://127.0.0.2/',
    'https://localhost/',
    'https://0x7f000002/',
    'https://2130706434/',
    'https://0177.0.0.2/',
    'https://10.1.2.3/',
    'https://169.254.169.254/latest/meta-data/',
    'https://100.64.0.1/',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[fd00:ec2::254]/',
    'https://printer.local/',
    'https://hub/',
    'https://user:word@hooks.hospital.by/',
    'https://hooks.hospital.by/#part',
    'ftp://hooks.hospital.by/',
    'hooks.hospital.by',
  ])('%s', async (url) => {
    expect((await owner.client.call('createWebhook', { body: { url } })).code).toBe('receiver-not-allowed');
    const webhook = await owner.webhook();
    expect((await owner.change(webhook, { url })).code).toBe('receiver-not-allowed');
  });

  test.each([
    ['/eventTypes/0', { eventTypes: [typeOf('booking.dreamt')] }],
    ['/eventTypes/0', { eventTypes: [typeOf('webhook.test')] }],
    ['/eventTypes', { eventTypes: [] }],
    ['/eventTypes', { eventTypes: [typeOf('booking.held'), typeOf('booking.held')] }],
    ['/description', { description: 'ask ivanov@hospital.by' }],
    ['/signature', { signature: 'none' }],
    ['/secret', { secret: 'whsec_mine' }],
  ])('for what is wrong at %s', async (pointer, body) => {
    const answer = await owner.client.call('createWebhook', { body: { url: NOBODY, ...body } });
    expect(answer.code).toBe('invalid-content');
    expect(answer.problem.errors?.map((each) => each.pointer)).toContain(pointer);
  });
});
