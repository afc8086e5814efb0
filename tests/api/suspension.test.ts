import { afterAll, beforeAll, describe, test } from 'vitest';

import { api, apiWithToken } from '../support/client.ts';
import { aGrant, aPoolBody, type Scene } from '../support/factories.ts';
import { DEPLOYED, hub } from '../support/hub.ts';
import { aClient, changeStatus, revokeClientsOf } from '../support/institutions.ts';
import { tokenOf } from '../support/token-endpoint.ts';

/** Whose institution is suspended is out within a minute, whatever tokens it has; and in again when it is activated. */

/** Milliseconds. A function believes what it has read for twenty seconds; the stream takes a moment. */
const WITHIN = { timeout: 55_000, interval: 500 };

let scene: Scene;
let token: string | undefined;
let client: Awaited<ReturnType<typeof aClient>>;
beforeAll(async () => {
  scene = await aGrant({ nominal: 5 });
  client = await aClient(scene.beneficiary.id);
  if (DEPLOYED) return;
  token = (await tokenOf(client.id, client.secret)).access_token;
  await hub.drainStreams();
});
afterAll(async () => revokeClientsOf(scene.beneficiary.id));

const codes = async () => {
  const { id, coordinator } = scene.beneficiary;
  const params = { grantId: scene.grant.id, institutionId: id };
  return {
    me: (await coordinator.call('getMe')).code,
    registry: (await coordinator.call('listInstitutions')).code,
    clients: (await coordinator.call('listClients', { params })).code,
    grant: (await coordinator.call('getGrant', { params })).code,
    pool: (await coordinator.call('createPool', { body: aPoolBody({ capacity: 0 }) })).code,
    programmes: (await coordinator.call('listProgrammes')).code,
    audit: (await coordinator.call('listAudit')).code,
    feed: (await coordinator.call('listNotifications')).code,
    clinician: (await api(id, 'clinician').call('getGrant', { params })).code,
  };
};
const all = (code: string) =>
  Object.fromEntries(
    ['me', 'registry', 'clients', 'grant', 'pool', 'programmes', 'audit', 'feed', 'clinician'].map((name) => [
      name,
      code,
    ]),
  );

// At the same time: most of it is waiting. So each has an `expect` of its own, which knows whose it is.
describe.concurrent('a suspended institution', { timeout: 150_000 }, () => {
  test('has no token that works a minute later, on any route, until it is activated', async ({ expect }) => {
    const { id } = scene.beneficiary;
    expect(await codes()).toEqual({ ...all('200'), pool: '201' });
    if (!DEPLOYED) expect((await apiWithToken(token).call('getMe')).code).toBe('200');

    const suspendedAt = Date.now();
    expect((await changeStatus(id, 'suspend')).code).toBe('200');
    if (!DEPLOYED) {
      // A system gets no new token at once, and what it has ends at the gateway.
      expect(await tokenOf(client.id, client.secret)).toMatchObject({ status: 400, error: 'invalid_grant' });
      await hub.drainStreams();
      expect((await apiWithToken(token).call('getMe')).code).toBe('unauthorized');
    }
    await expect.poll(codes, WITHIN).toEqual(all('institution-suspended'));
    expect(Date.now() - suspendedAt).toBeLessThan(60_000);

    // Whoever it has to do with goes on.
    const params = { grantId: scene.grant.id };
    expect((await scene.provider.coordinator.call('getGrant', { params })).code).toBe('200');
    expect((await api(id, 'auditor').call('getGrant', { params })).code).toBe('institution-suspended');

    // Then it is let in again, with the same client.
    expect((await changeStatus(scene.beneficiary.id, 'activate')).code).toBe('200');
    await expect.poll(codes, WITHIN).toEqual({ ...all('200'), pool: '201' });
    if (DEPLOYED) return;
    expect((await tokenOf(client.id, client.secret)).status).toBe(200);
    await hub.drainStreams();
    expect((await apiWithToken(token).call('getMe')).code).toBe('200');
  });

  test.skipIf(DEPLOYED)('is not made by an old change that is told again', async ({ expect }) => {
    const { id } = scene.provider;
    const key = { pk: { S: `PARTNER#${id}` }, sk: { S: 'PARTNER' } };
    const NewImage = { ...key, status: { S: 'suspended' }, version: { N: '0' } };
    await hub.invoke('QuotasFollowing', { Records: [{ eventName: 'MODIFY', dynamodb: { NewImage } }] });
    await new Promise((resolve) => setTimeout(resolve, 21_000));
    expect((await scene.provider.coordinator.call('listPools')).code).toBe('200');
  });
});
