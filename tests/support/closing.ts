import { expect } from 'vitest';

import type { PeriodClosing } from '../../lambdas/quotas/closing-contract.ts';
import type { LedgerRow } from '../../lambdas/quotas/ledger-contract.ts';
import type { PoolRepresentation } from '../../lambdas/quotas/pool-contract.ts';
import { aGrant, aPool, elapsePeriod, type Institution, type Scene } from './factories.ts';

/** Ends of periods, as tests bring them about. */

export const NEXT_PERIOD = { start: '2100-01-01', end: '2100-12-31', timeZone: 'Europe/Ulyanovsk' };

/** Half of what is unused is carried over, three courses at most. */
export const CARRY = { carryOver: { percent: 50, max: 3 } };

/** The pool of the next period, with a grant for a partner. */
export async function aNextGrant({ provider, beneficiary }: Scene, poolBody: object = {}, nominal = 0): Promise<Scene> {
  const pool = await aPool(provider, { period: NEXT_PERIOD, ...poolBody });
  return aGrant({ provider, beneficiary, pool, nominal });
}

export function askToClose(
  provider: Institution,
  pool: Pick<PoolRepresentation, 'id'>,
  body: object = {},
  key?: string,
) {
  return provider.coordinator.call('closePeriod', {
    params: { poolId: pool.id },
    body,
    ...(key === undefined ? {} : { key }),
  });
}

/** Closes the period of some grants of one pool, and waits for its end. */
export async function closed(scenes: readonly Scene[], next?: Pick<PoolRepresentation, 'id'>): Promise<PeriodClosing> {
  const [{ provider, pool }] = scenes as readonly [Scene, ...Scene[]];
  await elapsePeriod(
    pool,
    scenes.map(({ grant }) => grant),
  );
  const { ok } = await askToClose(provider, pool, next === undefined ? {} : { nextPoolId: next.id });
  expect(ok.status).toBe('closing');
  await untilClosed(scenes);
  return (await provider.coordinator.call('getClosing', { params: { poolId: pool.id } })).ok;
}

/** Waits until the job has closed the period of grants, and their ledgers say so. */
export async function untilClosed(scenes: readonly Scene[]): Promise<void> {
  for (const scene of scenes) {
    const isClosed = async () => (await ledgerOf(scene)).some(({ type }) => type === 'close');
    await expect.poll(isClosed, { timeout: 15_000, interval: 100 }).toBe(true);
    const { provider, pool } = scene;
    const status = async () => (await provider.coordinator.call('getPool', { params: { poolId: pool.id } })).ok.status;
    await expect.poll(status, { timeout: 15_000, interval: 100 }).toBe('closed');
  }
}

export async function dryRun({ provider, pool }: Scene, over: object = {}): Promise<PeriodClosing> {
  return (await askToClose(provider, pool, { dryRun: true, ...over })).ok;
}

/** The ledger of a grant, as its holder reads it. */
export async function ledgerOf({ beneficiary, grant }: Scene): Promise<readonly LedgerRow[]> {
  const params = { grantId: grant.id };
  return (await beneficiary.coordinator.call('listLedger', { params, query: { limit: '100' } })).ok.items;
}
