import { describe, expect, test } from 'vitest';

import { anEvent } from '../support/events.ts';
import { actOnRegistration, moveInTime, registerFor, registrationSeenBy } from '../support/registrations.ts';
import { day } from '../support/training.ts';

describe('check-in', () => {
  test('is done once the event begins, and again without changing anything', async () => {
    const scene = await anEvent();
    const { ok } = await registerFor(scene, scene.guest);
    expect((await actOnRegistration(scene.organiser, 'checkInRegistration', ok)).code).toBe('check-in-too-early');
    await moveInTime(scene, `${day(0)}T00:00`, `${day(1)}T23:00`);
    const came = await actOnRegistration(scene.organiser, 'checkInRegistration', ok);
    expect(came.ok.status).toBe('attended');
    const again = await actOnRegistration(scene.organiser, 'checkInRegistration', ok);
    expect(again.ok).toEqual(came.ok);
    expect((await actOnRegistration(scene.guest, 'checkInRegistration', ok)).code).toBe('role-not-permitted');
    const waiting = await registerFor(scene, scene.guest, { hold: true });
    expect((await actOnRegistration(scene.organiser, 'checkInRegistration', waiting.ok)).code).toBe(
      'registration-state-conflict',
    );
  });

  test('of many who came while the desk was offline is answered for each, and the earliest time stays', async () => {
    const scene = await anEvent();
    const [first, second, held] = [
      (await registerFor(scene, scene.guest)).ok,
      (await registerFor(scene, scene.guest)).ok,
      (await registerFor(scene, scene.guest, { hold: true })).ok,
    ];
    const other = (await registerFor(await anEvent(), scene.guest)).ok;
    await moveInTime(scene, `${day(0)}T00:00`, `${day(1)}T23:00`);
    const at = (minutesAgo: number) => new Date(Date.now() - minutesAgo * 60_000).toISOString();
    const params = { eventId: scene.event.id };
    const send = (checkIns: readonly object[]) =>
      scene.organiser.coordinator.call('checkInBatch', { params, body: { checkIns } });
    const { ok } = await send([
      { registrationId: first.id, at: at(5) },
      { registrationId: first.id, at: at(9) },
      { registrationId: second.id, at: at(-60) },
      { registrationId: held.id, at: at(1) },
      { registrationId: other.id, at: at(1) },
    ]);
    expect(ok.results.map(({ result }) => result)).toEqual([
      'checked-in',
      'checked-in',
      'impossible-time',
      'not-confirmed',
      'unknown',
    ]);
    const came = await registrationSeenBy(scene.guest, first);
    expect(Date.parse(came.attendedAt ?? '')).toBeLessThan(Date.now() - 8 * 60_000);
    const earlier = at(20);
    expect(
      (
        await send([
          { registrationId: first.id, at: at(2) },
          { registrationId: first.id, at: earlier },
        ])
      ).ok.results,
    ).toMatchObject([{ result: 'already' }, { result: 'already' }]);
    expect((await registrationSeenBy(scene.guest, first)).attendedAt).toBe(earlier);
  });
});
