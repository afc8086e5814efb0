import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { subjectOf } from '../../lambdas/quotas/bookings-as-claims.ts';
import { quotaRoutes } from '../../lambdas/quotas/contract.ts';
import { getGrant, updateGrant } from '../../lambdas/quotas/grant-operations.ts';
import { hold } from '../../lambdas/quotas/hold.ts';
import { accountKey } from '../../lambdas/quotas/keys.ts';
import { familyOf, type Holder } from '../../lambdas/shared/capacity/holder.ts';
import type { Hub } from '../../lib/local/hub.ts';
import { grantsIn } from '../properties/grants.ts';
import { as, outcomeOf, World } from '../properties/world.ts';
import { startQuietHub } from '../support/quiet-hub.ts';

/** What only two requests at the same moment can reach, brought about step by step. */

let hub: Hub;
let world: World;
beforeAll(async () => {
  hub = await startQuietHub();
});
afterAll(async () => {
  world.close();
  await hub.stop();
});

const PATIENT = 'RACE-1';
const body = { patient: PATIENT, ageBand: '0-17', diagnosis: 'C71.6', holdFor: 'interactive' } as const;

async function newGrant(nominal: number): Promise<string> {
  world = new World(hub);
  const [grantId = ''] = await grantsIn(world, [nominal]);
  return grantId;
}

const book = (grantId: string, idempotencyKey = 'book'): Promise<string> =>
  outcomeOf(
    hold(world, { permission: as(world.beneficiary, quotaRoutes.holdBooking), grantId, body, idempotencyKey }),
    () => 'held',
  );

async function committed(grantId: string): Promise<number> {
  const { account } = await world.quotas.accounts.load(accountKey(grantId), { consistent: true });
  return account.reduce((sum, segment) => sum + segment.committed, 0);
}

describe('another request for the patient has taken a unit and not yet written its booking', () => {
  /** What that other request leaves in the account. */
  async function rival(grantId: string, suffix: string): Promise<Holder> {
    const subject = subjectOf({
      beneficiaryId: world.beneficiary.institutionId,
      service: 'proton-therapy',
      patient: PATIENT,
    });
    const takenAt = Math.floor(world.now().getTime() / 1000);
    const holder: Holder = { id: familyOf(grantId) + suffix, subject, state: 'held', takenAt, minutes: 15 };
    await world.quotas.accounts.take(accountKey(grantId), 0, holder);
    return holder;
  }
  const FIRST = '-8000-000000000000';
  const LAST = '-bfff-ffffffffffff';

  test('the one with the larger id steps back and gives its unit back', async () => {
    const grantId = await newGrant(5);
    await rival(grantId, FIRST);

    expect(await book(grantId)).toBe('busy');
    expect(await committed(grantId)).toBe(1);
  });

  test('the one with the smaller id waits, and goes on once the other has stepped back', async () => {
    const grantId = await newGrant(5);
    const other = await rival(grantId, LAST);

    const booking = book(grantId);
    await expect.poll(() => committed(grantId), { interval: 2 }).toBe(2);
    await world.quotas.accounts.free(accountKey(grantId), 0, other.id, 0);

    expect(await booking).toBe('held');
    expect(await committed(grantId)).toBe(1);
  });

  test('the one with the smaller id gives up when the other stays', async () => {
    const grantId = await newGrant(5);
    await rival(grantId, LAST);

    expect(await book(grantId)).toBe('busy');
    expect(await committed(grantId)).toBe(1);
  });
});

describe('the account moves on after it was read', () => {
  const holder = (grantId: string): Holder => ({
    id: `${familyOf(grantId)}-8000-000000000001`,
    subject: 'abcdef',
    state: 'held',
    takenAt: 1,
    minutes: 15,
  });

  test('no unit is taken of a segment that was shut by a suspension', async () => {
    const grantId = await newGrant(5);
    const { grant } = await getGrant(world, as(world.provider, quotaRoutes.getGrant), grantId);
    await updateGrant(world, {
      permission: as(world.provider, quotaRoutes.updateGrant),
      grantId,
      body: { status: 'suspended' },
      expectedVersion: grant.version,
    });

    const outcome = await world.quotas.accounts.take(accountKey(grantId), 0, holder(grantId));

    expect(outcome).toBe(false);
    expect(await committed(grantId)).toBe(0);
  });

  test('a cut is refused by a segment that holds more by then', async () => {
    const grantId = await newGrant(2);
    const key = accountKey(grantId);
    const { grant } = await getGrant(world, as(world.provider, quotaRoutes.getGrant), grantId);
    await world.quotas.accounts.take(key, 0, holder(grantId));

    const cut = { units: -2, segments: [{ number: 0, from: 2, to: 0 }] };
    const next = { ...grant, nominal: 0, version: grant.version + 1 };

    expect(await world.allocations.changeGrant(next, cut)).toBe('moved-on');
  });

  test('a unit is given back once, and only by who knows its holder', async () => {
    const grantId = await newGrant(2);
    const key = accountKey(grantId);
    const mine = holder(grantId);
    await world.quotas.accounts.take(key, 0, mine);

    expect(await world.quotas.accounts.free(key, 0, mine.id, 5, { ...mine, takenAt: 2 })).toBe(false);
    expect(await world.quotas.accounts.free(key, 0, mine.id, 5, mine)).toBe(true);
    expect(await world.quotas.accounts.free(key, 0, mine.id, 5)).toBe(false);
    expect(await committed(grantId)).toBe(0);
  });
});
