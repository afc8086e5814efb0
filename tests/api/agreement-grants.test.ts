import { randomUUID } from 'node:crypto';

import { beforeAll, describe, expect, test } from 'vitest';

import {
  type Agreed,
  anAgreement,
  approve,
  parties,
  proposedBy,
  proposeVersion,
  terminate,
} from '../support/agreements.ts';
import { aBooking, anInstitution, aPool, type Institution } from '../support/factories.ts';
import { hubFacts } from '../support/hub.ts';

/** Grants that are given under an agreement. The quotas hear of agreements a moment later. */

beforeAll(() => hubFacts().then(() => undefined));

interface Giving {
  readonly poolId: string;
  readonly agreementId: string;
  readonly key?: string;
  readonly beneficiaryId?: string;
}

const give = ([provider, beneficiary]: Agreed['parties'], { poolId, agreementId, key, beneficiaryId }: Giving) =>
  provider.coordinator.call('createGrant', {
    params: { poolId },
    body: { beneficiaryId: beneficiaryId ?? beneficiary.id, nominal: 1, agreementId },
    ...(key === undefined ? {} : { key }),
  });

/** Gives a grant as soon as the agreement is known. */
async function given(agreed: Agreed, poolId: string, key: string = randomUUID()) {
  const giving = { poolId, agreementId: agreed.id, key };
  await expect.poll(async () => (await give(agreed.parties, giving)).status).toBe(201);
  return (await give(agreed.parties, giving)).ok;
}

/** Expects that grants are refused for this reason, as soon as what was done is known. */
async function refused(agreed: Agreed, poolId: string, because: string): Promise<void> {
  const giving = { poolId, agreementId: agreed.id };
  await expect
    .poll(async () => {
      const answer = await give(agreed.parties, giving);
      return answer.status < 400 ? 'given' : [answer.code, answer.problem['because']];
    })
    .toEqual(['agreement-not-in-force', because]);
}

async function poolOf(provider: Institution, over: object = {}): Promise<string> {
  return (await aPool(provider, { capacity: 50, ...over })).id;
}

test('a grant names the agreement, and the version and hash that were in force', async () => {
  const agreed = await anAgreement();
  const [provider, beneficiary] = agreed.parties;
  const poolId = await poolOf(provider);

  const grant = await given(agreed, poolId);

  const named = { agreementId: agreed.id, agreementVersion: 1, agreementHash: agreed.hash };
  expect(grant).toMatchObject(named);
  const params = { grantId: grant.id };
  const rows = async () => (await beneficiary.coordinator.call('listLedger', { params })).ok.items;
  await expect.poll(async () => (await rows()).length).toBe(1);
  expect((await rows())[0]).toMatchObject({ type: 'grant', ...named });
});

test('a grant keeps the version it was given under, and the next one has the next', async () => {
  const agreed = await anAgreement();
  const [provider, beneficiary] = agreed.parties;
  const poolId = await poolOf(provider);
  const first = await given(agreed, poolId);
  const { hash } = (await proposeVersion(agreed, provider, agreed.hash, { title: { en: 'Second' }, approve: true })).ok;
  await approve(agreed, beneficiary, hash);

  const next = async () => (await give(agreed.parties, { poolId, agreementId: agreed.id })).ok;
  await expect.poll(async () => (await next()).agreementVersion).toBe(2);

  expect((await next()).agreementHash).toBe(hash);
  const params = { grantId: first.id };
  expect((await provider.coordinator.call('getGrant', { params })).ok).toMatchObject({
    agreementVersion: 1,
    agreementHash: agreed.hash,
  });
});

describe('a grant is refused', () => {
  test('under an agreement there is not', async () => {
    const [provider, beneficiary] = await parties();
    const poolId = await poolOf(provider);
    const answer = await give([provider, beneficiary], { poolId, agreementId: randomUUID() });
    expect([answer.code, answer.problem['because']]).toEqual(['agreement-not-in-force', 'unknown']);
  });

  test('under an agreement of others exactly as under one there is not', async () => {
    const agreed = await anAgreement();
    await given(agreed, await poolOf(agreed.parties[0]));
    const provider = await anInstitution();
    const poolId = await poolOf(provider);
    const asking: Agreed['parties'] = [provider, agreed.parties[1]];

    const foreign = await give(asking, { poolId, agreementId: agreed.id });
    const missing = await give(asking, { poolId, agreementId: randomUUID() });

    const { correlationId: _, ...said } = foreign.problem;
    const { correlationId: __, ...saidOfNothing } = missing.problem;
    expect(said).toEqual(saidOfNothing);
  });

  test('to who is no party', async () => {
    const agreed = await anAgreement();
    const poolId = await poolOf(agreed.parties[0]);
    await given(agreed, poolId);
    const { id } = await anInstitution();
    const answer = await give(agreed.parties, { poolId, agreementId: agreed.id, beneficiaryId: id });
    expect([answer.code, answer.problem['because']]).toEqual(['agreement-not-in-force', 'beneficiary-not-party']);
  });

  test('before all have approved', async () => {
    const agreed = await proposedBy(await parties(), { approve: true });
    await refused(agreed, await poolOf(agreed.parties[0]), 'not-in-force');
  });

  test.each([
    ['that has not begun', { from: '2098-01-01', timeZone: 'UTC' }],
    ['that is over', { from: '2026-01-01', to: '2026-01-31', timeZone: 'UTC' }],
  ])('under an agreement %s', async (_, validity) => {
    const agreed = await anAgreement(undefined, { validity });
    await refused(agreed, await poolOf(agreed.parties[0]), 'not-in-force');
  });

  test('of a service that the agreement does not name', async () => {
    const agreed = await anAgreement();
    await refused(agreed, await poolOf(agreed.parties[0], { service: 'pet-ct' }), 'service-not-named');
  });

  test('and takes nothing of the pool', async () => {
    const [provider, beneficiary] = await parties();
    const poolId = await poolOf(provider);
    await give([provider, beneficiary], { poolId, agreementId: randomUUID() });
    expect((await provider.coordinator.call('getPool', { params: { poolId } })).ok.allocated).toBe(0);
  });
});

describe('after a termination', () => {
  test('nothing more is granted; what is granted runs on', async () => {
    const agreed = await anAgreement();
    const [provider, beneficiary] = agreed.parties;
    const poolId = await poolOf(provider);
    const grant = await given(agreed, poolId);
    await terminate(agreed, beneficiary);
    await refused(agreed, poolId, 'not-in-force');

    const pool = (await provider.coordinator.call('getPool', { params: { poolId } })).ok;
    const booking = await aBooking({ provider, beneficiary, pool, grant }, 'booked');

    expect(booking.status).toBe('booked');
  });

  test('a repeated request still answers with the grant it made', async () => {
    const agreed = await anAgreement();
    const poolId = await poolOf(agreed.parties[0]);
    const grant = await given(agreed, poolId, 'before');
    await terminate(agreed, agreed.parties[0]);
    await refused(agreed, poolId, 'not-in-force');

    const again = await give(agreed.parties, { poolId, agreementId: agreed.id, key: 'before' });

    expect(again.ok.id).toBe(grant.id);
    expect(again.headers['idempotency-replayed']).toBe('true');
  });

  test('from a later day, grants are given until then', async () => {
    const agreed = await anAgreement();
    await terminate(agreed, agreed.parties[0], { from: '2098-01-01' });
    expect(await given(agreed, await poolOf(agreed.parties[0]))).toMatchObject({ agreementId: agreed.id });
  });
});
