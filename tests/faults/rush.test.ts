import { afterAll, beforeAll, expect, test } from 'vitest';

import { newPatient, Scene } from './scene.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterAll(() => scene.close());

test('of a thousand at the same moment exactly a hundred get the hundred places', async () => {
  const { id: grantId, beneficiary } = await scene.grant(100);
  const path = `/v1/grants/${grantId}/bookings`;

  const answers = await Promise.all(Array.from({ length: 1000 }, () => scene.insist(beneficiary, path, newPatient())));

  const won = answers
    .filter(({ status }) => status === 201)
    .map(({ body }) => String(body['id']))
    .toSorted();
  const refused = answers.filter(({ status }) => status !== 201);
  expect(won).toHaveLength(100);
  expect(new Set(refused.map(({ body }) => body['type']))).toEqual(new Set(['/problems/quota-exhausted']));
  expect(await scene.stateOf(grantId)).toMatchObject({ committed: 100, holders: won, bookings: won });
  // Seven seconds on the slower engine when nothing else runs.
}, 60_000);

test('places that come back in the middle of a rush are given once each', async () => {
  const { id: grantId, beneficiary } = await scene.grant(20);
  const path = `/v1/grants/${grantId}/bookings`;
  const book = () => scene.insist(beneficiary, path, newPatient());
  const bookAndRelease = async () => {
    const { status, body } = await book();
    if (status === 201) await scene.insist(beneficiary, `/v1/bookings/${String(body['id'])}/release`);
  };

  await Promise.all(Array.from({ length: 200 }, (_, index) => (index % 3 === 0 ? bookAndRelease() : book())));

  const state = await scene.stateOf(grantId);
  expect(state.committed).toBeLessThanOrEqual(20);
  expect(state).toMatchObject({ committed: state.bookings.length, holders: state.bookings, bookings: state.bookings });
  const more = await Promise.all(Array.from({ length: 40 }, book));
  expect(more.filter(({ status }) => status === 201)).toHaveLength(20 - state.committed);
});

test('places that come back while many wait go to those who wait, once each', async () => {
  const places = 5;
  const { id: grantId, beneficiary } = await scene.grant(places);
  const path = `/v1/grants/${grantId}/bookings`;
  const join = () => scene.insist(beneficiary, path, { ...newPatient(), joinWaitlist: true });
  const act = (id: unknown, action: string) => scene.insist(beneficiary, `/v1/bookings/${String(id)}/${action}`);
  const joinAndLeave = async () => {
    const { body } = await join();
    if (body['status'] === 'held') await act(body['id'], 'release');
    else await act(body['id'], 'withdraw');
  };

  await Promise.all(Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? joinAndLeave() : join())));
  // What a request left to the sweep, it finds within a minute.
  await scene.hub.runSchedule('QuotasSweep');

  const { committed, holders, bookings, statuses } = await scene.stateOf(grantId);
  const count = (status: string) => statuses.filter((each) => each === status).length;
  expect(holders).toEqual(bookings);
  expect(committed).toBe(places);
  expect(count('held') + count('offered')).toBe(places);
  expect(count('waitlisted')).toBe(30 - places);
}, 60_000);
