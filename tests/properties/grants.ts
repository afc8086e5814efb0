import { quotaRoutes } from '../../lambdas/quotas/contract.ts';
import { createGrant } from '../../lambdas/quotas/grant-operations.ts';
import { createPool } from '../../lambdas/quotas/pool-operations.ts';
import { as, type World } from './world.ts';

/**
 * A pool of the world's provider, and grants in it for the world's beneficiary.
 * @param nominals courses of each grant
 * @param capacity of the pool; by default what the grants need
 * @returns the grants' ids
 */
export async function grantsIn(
  world: World,
  nominals: readonly number[],
  capacity = nominals.reduce((sum, nominal) => sum + nominal, 0),
): Promise<string[]> {
  await world.registerPartners();
  const { provider, beneficiary } = world;
  const period = { start: '2026-01-01', end: '2026-12-31', timeZone: 'Europe/Minsk' };
  const policies = { cancellationPolicy: 'return-unit', noShowPolicy: 'forfeit-unit' } as const;
  const pool = await createPool(world, {
    permission: as(provider, quotaRoutes.createPool),
    idempotencyKey: 'pool',
    body: { service: 'proton-therapy', period, capacity, ...policies },
  });
  const ids: string[] = [];
  for (const [index, nominal] of nominals.entries()) {
    const { value } = await createGrant(world, {
      permission: as(provider, quotaRoutes.createGrant),
      poolId: pool.value.id,
      idempotencyKey: String(index),
      body: {
        beneficiaryId: beneficiary.institutionId,
        nominal,
        lendingLimit: 0,
        borrowingLimit: 0,
        loansNeedApproval: false,
      },
    });
    ids.push(value.grant.id);
  }
  return ids;
}
