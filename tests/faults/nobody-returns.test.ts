import { afterAll, beforeAll, expect, test } from 'vitest';

import { accountKey } from '../../lambdas/quotas/keys.ts';
import { newPatient, Scene } from './scene.ts';

/** The process dies in the middle of a request and the client never comes back: the jobs put it right. */

let scene: Scene;
beforeAll(async () => {
  scene = await Scene.open();
});
afterAll(() => scene.close());

async function bookedCourse() {
  const { id: grantId, beneficiary } = await scene.grant(1);
  const { body } = await scene.insist(beneficiary, `/v1/grants/${grantId}/bookings`, newPatient());
  const path = `/v1/bookings/${String(body['id'])}`;
  await scene.insist(beneficiary, `${path}/confirm`);
  await scene.hub.drainStreams();
  return { grantId, beneficiary, path };
}

/** The process lives until this write has been done. */
function dieAfter(write: 'PutItem' | 'UpdateItem'): void {
  scene.proxy.follow(({ operation }) => (operation === write ? 'killed-after' : undefined));
}

test('a cancelled booking gives its unit back through the stream', async () => {
  const { grantId, beneficiary, path } = await bookedCourse();
  dieAfter('PutItem');
  const { status } = await scene.send(beneficiary, `${path}/cancel`);
  expect(status).toBeGreaterThanOrEqual(500);
  scene.proxy.follow();

  await expect
    .poll(() => scene.stateOf(grantId), { timeout: 10_000 })
    .toMatchObject({ committed: 0, holders: [], bookings: [] });
});

test('a unit whose booking was never written is given back by the sweep, but not while its request may live', async () => {
  const { id: grantId, beneficiary } = await scene.grant(1);
  dieAfter('UpdateItem');
  const { status } = await scene.send(beneficiary, `/v1/grants/${grantId}/bookings`, newPatient());
  expect(status).toBeGreaterThanOrEqual(500);
  scene.proxy.follow();

  await scene.hub.runSchedule('QuotasSweep');
  expect(await scene.stateOf(grantId)).toMatchObject({ committed: 1, bookings: [] });

  await age(grantId, 61);
  await scene.hub.runSchedule('QuotasSweep');
  expect(await scene.stateOf(grantId)).toMatchObject({ committed: 0, holders: [], bookings: [] });
});

/** Makes the only holder of a grant older. */
async function age(grantId: string, seconds: number): Promise<void> {
  const { quotas } = scene.world;
  const key = accountKey(grantId);
  const { account } = await quotas.accounts.load(key, { consistent: true });
  const [segment] = account;
  const [holder] = segment?.holders ?? [];
  if (segment === undefined || holder === undefined) throw new Error('There is no holder');
  await quotas.accounts.takeOver(key, segment.number, { ...holder, takenAt: (holder.takenAt ?? 0) - seconds }, holder);
}
