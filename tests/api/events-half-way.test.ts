import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';

import { familyOf } from '../../lambdas/shared/capacity/holder.ts';
import { anEvent } from '../support/events.ts';
import { caughtUp, DEPLOYED, engine, hasUsed, hub, hubFacts } from '../support/hub.ts';
import { elapsePlace, registerFor, registrationSeenBy } from '../support/registrations.ts';

/** What a request has left half-way. */

test('a registration that was made while its event was cancelled ends, and its needs are erased', async () => {
  const scene = await anEvent();
  const params = { eventId: scene.event.id };
  await scene.organiser.coordinator.call('cancelEvent', { params, body: { reason: 'other' } });
  const client = await engine();
  const TableName = (await hubFacts()).tables.events;
  const { ok: model } = await registerFor(await anEvent(scene), scene.guest);
  const put = async (Item: Record<string, unknown>): Promise<void> => {
    await client.send(new PutCommand({ TableName, Item }));
  };
  const leave = async (): Promise<string> => {
    const id = `${scene.event.id.slice(0, 18)}${crypto.randomUUID().slice(18)}`;
    const at = new Date().toISOString();
    const made = {
      ...{ ...model, id, eventId: scene.event.id, status: 'waitlisted', waitingSince: at, fingerprint: id, version: 1 },
      ...{ createdAt: at, updatedAt: at, by: { actor: 'hub', role: 'system' } },
    };
    const ttl = Math.floor(Date.now() / 1000) + 3600;
    await put({ pk: `NEEDS#${id}`, sk: 'NEEDS', dietary: ['vegan'], access: [], ttl });
    await put({ pk: `REGISTRATIONS#${familyOf(id)}`, sk: `REGISTRATION#${id}`, ...made });
    return id;
  };
  const ids: string[] = [];
  // So many that neither of the two jobs comes by first for all of them.
  for (let round = 0; !DEPLOYED && round < 8 && !(await hasUsed('EventsSweep', 'DeleteItem', 'NEEDS#*')); round++) {
    await put({ pk: 'SWEEP', sk: scene.event.id });
    ids.push(...(await Promise.all(Array.from({ length: 60 }, leave))));
    await hub.runSchedule('EventsSweepSchedule');
  }
  await caughtUp();
  for (const id of ids.slice(0, 20)) {
    expect((await registrationSeenBy(scene.guest, { id })).status).toBe('cancelled');
    const needs = await scene.guest.coordinator.call('getNeeds', { params: { registrationId: id } });
    expect(needs.ok).toEqual({ dietary: [], access: [] });
  }
});

test('a place that nobody confirmed goes to the next, whichever of the jobs comes by first', async () => {
  for (let round = 0; round < 10; round++) {
    const scene = await anEvent({}, { places: { 'on-site': { capacity: 1 } } });
    const { ok: held } = await registerFor(scene, scene.guest, { hold: true });
    const { ok: next } = await registerFor(scene, scene.guest);
    expect(next.status).toBe('waitlisted');
    await elapsePlace(held);
    await hub.runSchedule('EventsSweepSchedule');
    expect((await registrationSeenBy(scene.guest, next)).status).toBe('offered');
    if (DEPLOYED || (await hasUsed('EventsSweep', 'DeleteItem', 'LINE#*'))) break;
  }
});
