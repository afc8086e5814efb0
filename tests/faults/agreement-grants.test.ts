import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { AgreementChange } from '../../lambdas/agreements/published.ts';
import { quotaRoutes as routes } from '../../lambdas/quotas/contract.ts';
import { createGrant } from '../../lambdas/quotas/grant-operations.ts';
import { createPool } from '../../lambdas/quotas/pool-operations.ts';
import type { QuotasTable } from '../../lambdas/quotas/quotas-table.ts';
import type { Hub } from '../../lib/local/hub.ts';
import { as, outcomeOf, World } from '../properties/world.ts';
import { startQuietHub } from '../support/quiet-hub.ts';

/** What becomes known of an agreement between the look at it and the grant. */

let hub: Hub;
let world: World;
beforeAll(async () => {
  hub = await startQuietHub();
  world = new World(hub);
  await world.registerPartners();
});
afterAll(async () => {
  world.close();
  await hub.stop();
});

/** Asks for a grant; after the first look at its agreement `then` becomes known of that. */
async function giveWhile(then: Partial<AgreementChange>) {
  const { provider, beneficiary, quotas } = world;
  const change: AgreementChange = {
    id: uuidv7(),
    parties: [provider.institutionId, beneficiary.institutionId],
    approved: [
      {
        ...{ version: 1, hash: 'a'.repeat(64), services: ['proton-therapy'], programmes: [] },
        validity: { from: '2026-01-01', timeZone: 'UTC' },
      },
    ],
    version: 3,
  };
  await quotas.putAgreement(change);
  const pool = await createPool(world, {
    permission: as(provider, routes.createPool),
    idempotencyKey: change.id,
    body: {
      ...{ service: 'proton-therapy', capacity: 5 },
      period: { start: '2026-01-01', end: '2026-12-31', timeZone: 'Europe/Minsk' },
      ...({ cancellationPolicy: 'return-unit', noShowPolicy: 'forfeit-unit' } as const),
    },
  });
  let looks = 0;
  const look = async (id: string) => {
    const seen = await quotas.getAgreement(id);
    looks += 1;
    if (looks === 1) await quotas.putAgreement({ ...change, ...then, version: 4 });
    return seen;
  };
  const terms = { nominal: 2, lendingLimit: 0, borrowingLimit: 0, loansNeedApproval: false };
  const request = {
    permission: as(provider, routes.createGrant),
    poolId: pool.value.id,
    idempotencyKey: change.id,
    body: { beneficiaryId: beneficiary.institutionId, agreementId: change.id, ...terms },
  };
  const { allocations, loans, closings, ledger, now, newId } = world;
  const ports = { allocations, loans, closings, ledger, now, newId, quotas: looking(quotas, look) };
  const outcome = await outcomeOf(createGrant(ports, request), ({ value: { grant } }) =>
    String(grant.agreementVersion),
  );
  return { outcome, looks, unallocated: (await quotas.getPool(pool.value.id))?.unallocated };
}

/** The table, with another way to look at agreements. */
function looking(table: QuotasTable, look: QuotasTable['getAgreement']): QuotasTable {
  return new Proxy(table, {
    get: (_, name) => {
      if (name === 'getAgreement') return look;
      const member: unknown = Reflect.get(table, name, table);
      return typeof member === 'function' ? (member.bind(table) as unknown) : member;
    },
  });
}

describe('between the look and the grant', () => {
  test('a termination is not overlooked, and nothing is granted', async () => {
    const termination = { from: '2026-06-01', timeZone: 'UTC' };
    expect(await giveWhile({ termination })).toEqual({
      outcome: 'agreement-not-in-force',
      looks: 2,
      unallocated: 5,
    });
  });

  test('a new version is the one that the grant names', async () => {
    const validity = { from: '2026-02-01', timeZone: 'UTC' };
    const approved = [
      { version: 2, hash: 'b'.repeat(64), services: ['proton-therapy' as const], programmes: [], validity },
    ];
    expect(await giveWhile({ approved })).toEqual({ outcome: '2', looks: 2, unallocated: 3 });
  });
});

test('an older change never takes the place of a newer one', async () => {
  const change = { id: uuidv7(), parties: ['a', 'b'], approved: [], version: 5 };
  await world.quotas.putAgreement(change);
  await world.quotas.putAgreement({ ...change, parties: ['c', 'd'], version: 4 });
  expect(await world.quotas.getAgreement(change.id)).toEqual(change);
});
