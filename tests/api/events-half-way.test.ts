import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect, test } from 'vitest';

import { familyOf } from '../../lambdas/shared/capacity/holder.ts';
import { anEvent } from '../support/events.ts';
import { caughtUp, DEPLOYED, engine, hasUsed, hub, hubFacts } from '../support/hub.ts';
import { registerFor, registrationSeenBy } from '../support/registrations.ts';

/** What a request has left half-way. */

test('a registration that was made while its event was cancelled ends, and its needs are erased', async () => {
  const scene = await anEvent();
  const params = { eventId: scene.event.id };
  await scene.organiser.coordinator.call('cancelEvent', { params, body: { reason: 'other' } });
  const client = await engine();
  const TableName = (await hubFacts()).tables.events;
  const { ok: model } = await registerFor(await anEvent(scene), scene.guest);
  const ids: string[] = [];
  // Whichever of the two jobs comes first: the sweep, in the end.
  for (let round = 0; !DEPLOYED && round < 20 && !(await hasUsed('EventsSweep', 'DeleteItem', 'NEEDS#*')); round++) {
    const id = `${scene.event.id.slice(0, 18)}${crypto.randomUUID().slice(18)}`;
    const at = new Date().toISOString();
    const made = {
      ...{ ...model, id, eventId: scene.event.id, status: 'waitlisted', waitingSince: at, fingerprint: id, version: 1 },
      ...{ createdAt: at, updatedAt: at, by: { actor: 'hub', role: 'system' } },
    };
    const ttl = Math.floor(Date.now() / 1000) + 3600;
    await client.send(new PutCommand({ TableName, Item: { pk: 'SWEEP', sk: scene.event.id } }));
    await client.send(
      new PutCommand({ TableName, Item: { pk: `NEEDS#${id}`, sk: 'NEEDS', dietary: ['vegan'], access: [], ttl } }),
    );
    const key = { pk: `REGISTRATIONS#${familyOf(id)}`, sk: `REGISTRATION#${id}` };
    await client.send(new PutCommand({ TableName, Item: { ...key, ...made } }));
    await hub.runSchedule('EventsSweepSchedule');
    ids.push(id);
  }
  await caughtUp();
  for (const id of ids) {
    expect((await registrationSeenBy(scene.guest, { id })).status).toBe('cancelled');
    const needs = await scene.guest.coordinator.call('getNeeds', { params: { registrationId: id } });
    expect(needs.ok).toEqual({ dietary: [], access: [] });
  }
});
