import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { api } from '../support/client.ts';
import { aBooking, aGrant } from '../support/factories.ts';
import { caughtUp, DEPLOYED, hub } from '../support/hub.ts';
import { changeStatus } from '../support/institutions.ts';
import { answering, type Call, Receiver } from '../support/receiver.ts';
import { paramsOf, typeOf, verified, WebhookOwner } from '../support/webhooks.ts';

/** What webhooks are told, and how. */

let owner: WebhookOwner;
beforeEach(async () => {
  owner = await WebhookOwner.open();
});
afterEach(() => {
  owner.receiver.close();
});

describe.skipIf(DEPLOYED)('what happens', () => {
  test('is delivered once, as a signed CloudEvent, to those who are told of its type', async () => {
    const webhook = await owner.webhook();
    const other = await owner.webhook({ eventTypes: [typeOf('booking.held')] });
    const id = await owner.happens();
    await caughtUp();

    await expect.poll(() => owner.receiver.calls).toHaveLength(1);
    const [call] = owner.receiver.calls as [Call];
    expect(call.headers).toMatchObject({
      'content-type': expect.stringContaining('application/cloudevents+json') as string,
      'webhook-id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    expect(verified(webhook.secret, call)).toMatchObject({
      type: typeOf('pool.offered'),
      subject: `pool/${id}`,
      source: `/v1/institutions/${owner.institutionId}`,
    });
    expect(() => verified(other.secret, call)).toThrow('No matching signature');
    await expect
      .poll(() => owner.deliveries(webhook))
      .toMatchObject([
        {
          id: call.headers['webhook-id'],
          eventId: call.event.id,
          eventType: call.event.type,
          status: 'delivered',
          attempts: [{ status: 204 }],
        },
      ]);
    expect(await owner.deliveries(other)).toEqual([]);
  });

  test('is told of everything by a webhook without types, its own making first', async () => {
    const webhook = (await owner.client.call('createWebhook', { body: { url: owner.receiver.url } })).ok;
    await owner.happens();
    await caughtUp();
    await expect
      .poll(() => owner.receiver.calls.map(({ event }) => event.type).toSorted())
      .toEqual([typeOf('pool.offered'), typeOf('webhook.registered')]);
    expect(await owner.deliveries(webhook)).toHaveLength(2);
  });

  test('is tried again when the receiver fails, with the same id', async () => {
    owner.receiver.answer(answering(500));
    const webhook = await owner.webhook();
    await owner.trial(webhook);
    await expect
      .poll(() => owner.deliveries(webhook))
      .toMatchObject([{ status: 'pending', attempts: [{ status: 500 }] }]);
    const [first] = await owner.deliveries(webhook);
    const pause = Date.parse(String(first?.nextAttemptAt)) - Date.parse(String(first?.updatedAt));
    expect(pause).toBeGreaterThan(4000);
    expect(pause).toBeLessThan(6000);
    owner.receiver.answer(answering(200));
    await expect
      .poll(() => owner.deliveries(webhook), { timeout: 15_000 })
      .toMatchObject([{ status: 'delivered', attempts: [{ status: 500 }, { status: 200 }] }]);
    const [a, b] = owner.receiver.calls;
    expect(a?.headers['webhook-id']).toBe(b?.headers['webhook-id']);
    expect(a?.body).toBe(b?.body);
    expect(owner.receiver.calls).toHaveLength(2);
  });

  test('waits while a webhook is disabled, and is sent when it is enabled', async () => {
    const webhook = await owner.webhook();
    expect((await owner.change(webhook, { status: 'disabled' })).ok).toMatchObject({
      status: 'disabled',
      reason: 'by-owner',
    });
    await Promise.all([owner.happens(), owner.happens(), owner.happens()]);
    await caughtUp();
    const waiting = await owner.deliveries(webhook);
    expect(waiting.map(({ status }) => status)).toEqual(['waiting', 'waiting', 'waiting']);
    expect(owner.receiver.calls).toEqual([]);
    const { id: deliveryId } = waiting[0]!;
    for (const operation of ['testWebhook', 'replayDelivery'] as const) {
      const answer = await owner.client.call(operation, { params: { ...paramsOf(webhook), deliveryId } });
      expect(answer.code).toBe('webhook-disabled');
    }

    const enabled = (await owner.change(webhook, { status: 'active' })).ok;
    expect(enabled.status).toBe('active');
    expect(enabled).not.toHaveProperty('reason');
    await caughtUp();
    await expect
      .poll(async () => (await owner.deliveries(webhook)).map(({ status }) => status))
      .toEqual(['delivered', 'delivered', 'delivered']);
    expect(owner.receiver.calls.map(({ headers }) => headers['webhook-id']).toSorted()).toEqual(
      waiting.map(({ id }) => id).toSorted(),
    );
  });

  test('waits while the institution is suspended', async () => {
    const webhook = (await owner.client.call('createWebhook', { body: { url: owner.receiver.url } })).ok;
    await caughtUp();
    await expect.poll(() => owner.receiver.calls).toHaveLength(1);
    await changeStatus(owner.institutionId, 'suspend');
    await caughtUp();
    expect(owner.receiver.calls).toHaveLength(1);
    await changeStatus(owner.institutionId, 'activate');
    await caughtUp();
    await expect
      .poll(() => owner.receiver.calls.map(({ event }) => event.type).toSorted())
      .toEqual([typeOf('institution.activated'), typeOf('institution.suspended'), typeOf('webhook.registered')]);
    for (const call of owner.receiver.calls) expect(verified(webhook.secret, call)).toBeDefined();
  });

  test('a receiver that is gone is not called any more, and its owner is told', async () => {
    owner.receiver.answer(answering(410));
    const webhook = await owner.webhook();
    const { id } = await owner.trial(webhook);
    await expect
      .poll(async () => (await owner.client.call('getWebhook', { params: paramsOf(webhook) })).ok)
      .toMatchObject({ status: 'disabled', reason: 'gone' });
    expect(await owner.deliveries(webhook)).toMatchObject([{ id, status: 'waiting', attempts: [{ status: 410 }] }]);
    await caughtUp();
    const feed = (await owner.client.call('listNotifications', { query: { limit: 100 } })).ok.items;
    expect(feed.find(({ type }) => type === typeOf('webhook.disabled'))).toMatchObject({
      subject: `webhook/${webhook.id}`,
      data: { status: 'disabled', reason: 'gone' },
    });
    expect((await hub.logs()).some((line) => line.includes('WebhooksDisabled'))).toBe(true);
  });

  test('a delivery is sent again when its owner wants it', async () => {
    const webhook = await owner.webhook();
    const { id: deliveryId } = await owner.trial(webhook);
    await expect.poll(() => owner.deliveries(webhook)).toMatchObject([{ status: 'delivered' }]);
    const replayed = await owner.client.call('replayDelivery', {
      params: { ...paramsOf(webhook), deliveryId },
      key: 'again',
    });
    expect(replayed.ok).toMatchObject({ id: deliveryId, status: 'pending' });
    await expect.poll(() => owner.receiver.calls).toHaveLength(2);
    expect(owner.receiver.calls[0]?.headers['webhook-id']).toBe(owner.receiver.calls[1]?.headers['webhook-id']);
    await expect.poll(() => owner.deliveries(webhook)).toMatchObject([{ status: 'delivered' }]);
    // Asked for twice under one key, it is sent once.
    const again = await owner.client.call('replayDelivery', {
      params: { ...paramsOf(webhook), deliveryId },
      key: 'again',
    });
    expect(again.headers['idempotency-replayed']).toBe('true');
    await caughtUp();
    expect(owner.receiver.calls).toHaveLength(2);
    const unknown = { ...paramsOf(webhook), deliveryId: crypto.randomUUID() };
    expect((await owner.client.call('replayDelivery', { params: unknown })).code).toBe('not-found');
  });

  test('reaches a receiver at once, however slow another is', async () => {
    const slow = await Receiver.open();
    let isAnswered = false;
    slow.answer((_, response) => {
      setTimeout(() => {
        isAnswered = true;
        response.writeHead(204).end();
      }, 4000);
    });
    const webhooks = [await owner.webhook({ url: slow.url }), await owner.webhook()];
    await owner.happens();
    await expect.poll(() => owner.receiver.calls).toHaveLength(1);
    expect(isAnswered).toBe(false);
    await caughtUp();
    for (const webhook of webhooks) {
      expect(await owner.deliveries(webhook)).toMatchObject([{ status: 'delivered' }]);
    }
    expect(slow.calls).toHaveLength(1);
    slow.close();
  });

  test('is delivered once, however often the bus tells of it', async () => {
    const webhook = await owner.webhook();
    await owner.happens();
    await caughtUp();
    await expect.poll(() => owner.receiver.calls).toHaveLength(1);
    const [{ body }] = owner.receiver.calls as [Call];
    const message = JSON.stringify({ detail: JSON.parse(body) as unknown });
    await hub.invoke('WebhooksDispatch', {
      Records: [
        { messageId: '1', body: message },
        { messageId: '2', body: message },
      ],
    });
    await caughtUp();
    expect(owner.receiver.calls).toHaveLength(1);
    expect(await owner.deliveries(webhook)).toHaveLength(1);
  });

  test('comes back to the queue when it cannot be read', async () => {
    const answer = await hub.invoke('WebhooksDispatch', { Records: [{ messageId: '1', body: '{"detail":{}}' }] });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
  });

  test('is no longer sent to a webhook that was removed', async () => {
    const webhook = await owner.webhook();
    await owner.client.call('removeWebhook', { params: paramsOf(webhook), ifMatch: '"1"' });
    await owner.happens();
    await caughtUp();
    expect(owner.receiver.calls).toEqual([]);
  });

  test('concerns who holds a grant, and reaches its receiver', async () => {
    const scene = await aGrant();
    const { secret } = (
      await scene.beneficiary.coordinator.call('createWebhook', {
        body: { url: owner.receiver.url, eventTypes: [typeOf('booking.held')] },
      })
    ).ok;
    const { id } = await aBooking(scene);
    await caughtUp();
    await expect.poll(() => owner.receiver.calls).toHaveLength(1);
    expect(verified(secret, owner.receiver.calls[0]!)).toMatchObject({ subject: `booking/${id}` });
  });
});

describe.skipIf(DEPLOYED)('signatures', () => {
  test('are made with the old and the new secret for a while after a rotation', async () => {
    const webhook = await owner.webhook();
    const rotated = await owner.client.call('rotateWebhookSecret', { params: paramsOf(webhook), key: 'turn' });
    expect(rotated.ok.secret).toMatch(/^whsec_/);
    expect(rotated.ok.secret).not.toBe(webhook.secret);
    const again = await owner.client.call('rotateWebhookSecret', { params: paramsOf(webhook), key: 'turn' });
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.ok).not.toHaveProperty('secret');
    await owner.trial(webhook);
    await expect.poll(() => owner.receiver.calls).toHaveLength(1);
    const [call] = owner.receiver.calls as [Call];
    expect(call.headers['webhook-signature']?.split(' ')).toHaveLength(2);
    for (const secret of [webhook.secret, rotated.ok.secret]) expect(verified(secret, call)).toBeDefined();
    const forged = { ...call, body: call.body.replace('test', 'tent') };
    expect(() => verified(webhook.secret, forged)).toThrow('No matching signature');
  });

  test('are of five secrets at most', async () => {
    const webhook = await owner.webhook();
    for (let turn = 0; turn < 6; turn++) await owner.client.call('rotateWebhookSecret', { params: paramsOf(webhook) });
    await owner.trial(webhook);
    await expect.poll(() => owner.receiver.calls).toHaveLength(1);
    expect(owner.receiver.calls[0]?.headers['webhook-signature']?.split(' ')).toHaveLength(5);
  });

  test('are asymmetric for who wants it, and verified with the public key', async () => {
    const webhook = await owner.webhook({ signature: 'ed25519' });
    expect(webhook).not.toHaveProperty('secret');
    expect(webhook.publicKey).toMatch(/^whpk_/);
    await owner.trial(webhook);
    await expect.poll(() => owner.receiver.calls).toHaveLength(1);
    const [{ headers, body }] = owner.receiver.calls as [Call];
    const [version, signature = ''] = String(headers['webhook-signature']).split(',');
    expect(version).toBe('v1a');
    const raw = Buffer.from(String(webhook.publicKey).slice('whpk_'.length), 'base64');
    const key = await crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify']);
    const content = Buffer.from(`${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`);
    expect(await crypto.subtle.verify('Ed25519', key, Buffer.from(signature, 'base64'), content)).toBe(true);
    content[0]! ^= 1;
    expect(await crypto.subtle.verify('Ed25519', key, Buffer.from(signature, 'base64'), content)).toBe(false);
  });
});

test.skipIf(DEPLOYED)(
  'the audit tells of a webhook also where it is the first that it hears of an institution',
  async () => {
    const client = api(crypto.randomUUID());
    const { id } = (await client.call('createWebhook', { body: { url: owner.receiver.url } })).ok;
    await caughtUp();
    expect((await client.call('listAudit', { query: { subject: id } })).ok.items).toMatchObject([
      { action: 'register' },
    ]);
  },
);

describe.skipIf(DEPLOYED)('secrets', () => {
  test('are neither in the log nor in the audit, which tells of every change', async () => {
    const webhook = await owner.webhook({ url: `${owner.receiver.url}?token=very-own` });
    const { secret: second } = (await owner.client.call('rotateWebhookSecret', { params: paramsOf(webhook) })).ok;
    await owner.change(webhook, { status: 'disabled' });
    await owner.change(webhook, { status: 'active' });
    await owner.change(webhook, { description: 'Ward system' });
    const { headers } = await owner.client.call('getWebhook', { params: paramsOf(webhook) });
    await owner.client.call('removeWebhook', { params: paramsOf(webhook), ifMatch: String(headers['etag']) });
    await caughtUp();
    const rows = (await owner.client.call('listAudit', { query: { subject: webhook.id } })).ok.items;
    expect(rows.map(({ action }) => action).toReversed()).toEqual([
      'register',
      'rotate-secret',
      'disable',
      'enable',
      'change',
      'remove',
    ]);
    const said = JSON.stringify(rows) + (await hub.logs()).join('\n');
    for (const secret of [webhook.secret, second]) expect(said).not.toContain(String(secret).slice(6));
    expect(said).not.toContain('very-own');
  });
});
