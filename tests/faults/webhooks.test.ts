import { uuidv7 } from 'uuidv7';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { answering, Receiver } from '../support/receiver.ts';
import { anEvent, Killed, WebhookScene } from './webhook-scene.ts';

/** Events on their way to webhooks, whatever becomes of the processes, the receivers and the webhooks meanwhile. */

let scene: WebhookScene;
let receiver: Receiver;
beforeAll(async () => {
  scene = await WebhookScene.open();
});
afterAll(() => scene.close());
beforeEach(async () => {
  receiver = await Receiver.open();
  scene.interfere();
  scene.messages = [];
});
afterEach(() => {
  receiver.close();
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ids = () => receiver.calls.map(({ headers }) => headers['webhook-id']);
const deliveriesOf = async ({ id }: { readonly id: string }) => (await scene.deliveries.list(id, 100)).deliveries;

describe.each(['before', 'after'] as const)('a process killed %s any step', (moment) => {
  test('loses no event, and sends each with one id only', async () => {
    let last = 0;
    for (let at = 1; at === 1 || at <= last; at++) {
      const institutionId = uuidv7();
      const webhooks = [
        await scene.webhook(institutionId, receiver.url),
        await scene.webhook(institutionId, receiver.url),
      ];
      const off = await scene.webhook(institutionId, receiver.url, { status: 'disabled' });
      receiver.calls.length = 0;
      scene.interfere({
        [moment]: (step: number) => {
          if (step === at) throw new Killed();
        },
      });
      await scene.tell(anEvent(institutionId, scene.now()));
      await scene.settle(HOUR);
      last = Math.max(last, scene.steps);

      for (const webhook of webhooks) {
        const deliveries = await deliveriesOf(webhook);
        expect(deliveries.map(({ status }) => status)).toEqual(['delivered']);
        const calls = ids().filter((id) => id === deliveries[0]?.id).length;
        expect(calls).toBeGreaterThanOrEqual(1);
        expect(calls).toBeLessThanOrEqual(2);
      }
      expect(new Set(ids()).size).toBe(2);
      expect((await deliveriesOf(off)).map(({ status }) => status)).toEqual(['waiting']);
    }
    expect(last).toBeGreaterThan(20);
  });
});

describe.each(['before', 'after'] as const)('somebody who does it %s any step of a job', (moment) => {
  test.each([
    ['enables a webhook', 'disabled'],
    ['disables a webhook and enables it soon', 'active'],
  ] as const)('and %s loses nothing', async (_, status) => {
    let last = 0;
    for (let at = 1; at === 1 || at <= last; at++) {
      const institutionId = uuidv7();
      const webhook = await scene.webhook(institutionId, receiver.url, status === 'disabled' ? { status } : {});
      receiver.calls.length = 0;
      const acted: number[] = [];
      scene.interfere({
        [moment]: async (step: number) => {
          if (step !== at) return;
          acted.push(step);
          if (status === 'disabled') await scene.enable(webhook);
          else await scene.change(webhook, { status: 'disabled' });
        },
      });
      await scene.tell(anEvent(institutionId, scene.now()));
      await scene.settle(HOUR);
      last = Math.max(last, scene.steps);
      scene.interfere();
      if (status === 'active' || acted.length === 0) await scene.enable(webhook);
      await scene.settle(HOUR);

      expect(await deliveriesOf(webhook)).toMatchObject([{ status: 'delivered' }]);
      expect(new Set(ids()).size).toBe(1);
    }
    expect(last).toBeGreaterThan(5);
  });
});

test.each(['before', 'after'] as const)(
  'what is put by because its webhook is disabled is sent, when that is enabled %s any step',
  async (moment) => {
    let last = 0;
    for (let at = 1; at === 1 || at <= last; at++) {
      const institutionId = uuidv7();
      const webhook = await scene.webhook(institutionId, receiver.url);
      await scene.tell(anEvent(institutionId, scene.now()));
      await scene.change(webhook, { status: 'disabled' });
      scene.interfere({
        [moment]: async (step: number) => {
          if (step === at) await scene.enable(webhook);
        },
      });
      await scene.settle(HOUR);
      last = Math.max(last, scene.steps);
      const isEnabled = scene.steps >= at;
      scene.interfere();
      expect(await deliveriesOf(webhook)).toMatchObject([{ status: isEnabled ? 'delivered' : 'waiting' }]);
    }
    expect(last).toBeGreaterThan(5);
  },
);

describe('a receiver that fails', () => {
  test('is tried for three days, at growing intervals, and then no more', async () => {
    receiver.answer(answering(503));
    const institutionId = uuidv7();
    const webhook = await scene.webhook(institutionId, receiver.url);
    const began = scene.time;
    await scene.tell(anEvent(institutionId, scene.now()));
    const tried: number[] = [];
    while (scene.messages.length > 0) {
      tried.push(scene.time - began);
      await scene.work();
      if (scene.messages.length > 0) scene.time = Math.min(...scene.messages.map(({ visibleAt }) => visibleAt));
    }

    const pauses = tried.slice(1).map((time, index) => Math.round((time - tried[index]!) / 1000));
    const longest = 12 * 3600 - 120;
    expect(pauses.slice(0, 7)).toEqual([5, 300, 1800, 7200, 18_000, 36_000, longest]);
    expect(Math.max(...pauses)).toBe(longest);
    expect(tried.at(-1)).toBe(72 * HOUR);
    expect(receiver.calls).toHaveLength(tried.length);
    expect(new Set(ids()).size).toBe(1);
    expect(await deliveriesOf(webhook)).toMatchObject([{ status: 'failed', tries: tried.length }]);
    expect(await scene.webhooks.get(institutionId, webhook.id)).toMatchObject({
      ...{ status: 'disabled', reason: 'failing', by: { actor: 'hub' } },
    });

    // Everything that comes now waits, and is sent when the receiver is well and its owner says so.
    const events = [anEvent(institutionId, scene.now()), anEvent(institutionId, scene.now())];
    for (const event of events) await scene.tell(event);
    expect(scene.messages).toEqual([]);
    receiver.answer(answering(200));
    receiver.calls.length = 0;
    await scene.enable(webhook);
    await scene.settle(HOUR);
    expect(receiver.calls.map(({ event }) => event.id).toSorted()).toEqual(events.map(({ id }) => id).toSorted());
  });

  test('and what was on its way when it was disabled waits, too', async () => {
    receiver.answer(answering(500));
    const institutionId = uuidv7();
    const webhook = await scene.webhook(institutionId, receiver.url);
    await scene.tell(anEvent(institutionId, scene.now()));
    await scene.settle(24 * HOUR);
    await scene.tell(anEvent(institutionId, scene.now()));
    await scene.settle(80 * HOUR);
    expect(scene.messages).toEqual([]);
    const statuses = (await deliveriesOf(webhook)).map(({ status }) => status);
    expect(statuses).toEqual(['waiting', 'failed']);
    receiver.answer(answering(200));
    await scene.enable(webhook);
    await scene.settle(HOUR);
    expect((await deliveriesOf(webhook)).map(({ status }) => status)).toEqual(['delivered', 'failed']);
  });

  test('is called at another address as soon as its owner gives one', async () => {
    receiver.answer(answering(500));
    const other = await Receiver.open();
    const institutionId = uuidv7();
    const webhook = await scene.webhook(institutionId, receiver.url);
    await scene.tell(anEvent(institutionId, scene.now()));
    await scene.work();
    await scene.change(webhook, { url: other.url });
    await scene.settle(HOUR);
    expect(other.calls.map(({ headers }) => headers['webhook-id'])).toEqual(ids());
    other.close();
  });

  test('is not tried earlier because there is another message for the same delivery', async () => {
    receiver.answer(answering(500));
    const institutionId = uuidv7();
    await scene.webhook(institutionId, receiver.url);
    const event = anEvent(institutionId, scene.now());
    for (let time = 0; time < 5; time++) await scene.tell(event);
    expect(scene.messages).toHaveLength(5);
    await scene.work();
    expect(receiver.calls).toHaveLength(1);
    receiver.answer(answering(200));
    await scene.settle(HOUR);
    expect(scene.messages).toEqual([]);
    expect(receiver.calls).toHaveLength(2);
  });

  test('for good answers 410, and has what waits when it is back', async () => {
    receiver.answer(answering(410));
    const institutionId = uuidv7();
    const webhook = await scene.webhook(institutionId, receiver.url);
    await scene.tell(anEvent(institutionId, scene.now()));
    await scene.settle(100 * HOUR);
    expect(receiver.calls).toHaveLength(1);
    expect(await scene.webhooks.get(institutionId, webhook.id)).toMatchObject({ reason: 'gone' });
    receiver.answer(answering(202));
    await scene.enable(webhook);
    await scene.settle(HOUR);
    expect(await deliveriesOf(webhook)).toMatchObject([
      { status: 'delivered', attempts: [{ status: 410 }, { status: 202 }] },
    ]);
  });
});

test('an old secret signs for a day after the rotation, and no longer', async () => {
  const institutionId = uuidv7();
  const webhook = await scene.webhook(institutionId, receiver.url);
  const creation = { request: uuidv7(), fingerprint: '', resourceId: webhook.id, now: scene.now() };
  const after = { ...webhook, keys: [1, 2], version: 2, updatedAt: scene.now().toISOString() };
  const key = { number: 2, signature: 'hmac-sha256', secret: 'bmV3' } as const;
  await scene.webhooks.rotate(creation, { webhook: after, replaced: 1, ended: [] }, key);
  const signatures = async () => {
    await scene.tell(anEvent(institutionId, scene.now()));
    await scene.work();
    return receiver.calls.at(-1)?.headers['webhook-signature']?.split(' ').length;
  };
  expect(await signatures()).toBe(2);
  scene.time += 24 * HOUR - MINUTE;
  expect(await signatures()).toBe(2);
  scene.time += MINUTE;
  expect(await signatures()).toBe(1);
});
