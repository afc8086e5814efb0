import { expect, test } from 'vitest';

import { anEvent, eventSeenBy } from '../support/events.ts';
import { actOnRegistration, registerFor, registrationSeenBy } from '../support/registrations.ts';

/** The first minute: many more ask than there are places. */

test('a rush for fifty places gives fifty, and has the others wait in the order in which they came', async () => {
  const scene = await anEvent({}, { places: { 'on-site': { capacity: 50 } } });
  const answers = await Promise.all(Array.from({ length: 200 }, () => registerFor(scene, scene.guest)));
  const of = (status: string) => answers.filter(({ ok }) => ok.status === status).map(({ ok }) => ok);
  expect(of('confirmed').length + of('waitlisted').length).toBe(200);
  expect(of('confirmed')).toHaveLength(50);
  expect((await eventSeenBy(scene.organiser, scene.event)).ok.balance?.['on-site']).toEqual({
    taken: 50,
    free: 0,
    waitlist: true,
  });
  const inOrder = of('waitlisted').toSorted((a, b) =>
    `${a.waitingSince ?? ''}#${a.id}` < `${b.waitingSince ?? ''}#${b.id}` ? -1 : 1,
  );
  const [gone] = of('confirmed');
  if (gone === undefined) throw new Error('Nobody has a place');
  await actOnRegistration(scene.guest, 'cancelRegistration', gone);
  const [next] = inOrder;
  if (next === undefined) throw new Error('Nobody waits');
  expect((await registrationSeenBy(scene.guest, next)).status).toBe('offered');
}, 120_000);
