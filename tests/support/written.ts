import { expect, vi } from 'vitest';

import { type AccountingPorts, accountingPortsOn } from '../../lambdas/quotas/accounting-ports.ts';
import { auditGrant } from '../../lambdas/quotas/ledger-audit.ts';
import { readRecords } from '../../lambdas/quotas/ledger-operations.ts';
import { SingleTable } from '../../lambdas/shared/dynamo/single-table.ts';
import { engine, quotasTable } from './hub.ts';

/** The quotas' data past the API. */
export async function quotasData(): Promise<{ readonly table: SingleTable; readonly ports: AccountingPorts }> {
  const table = new SingleTable(await engine(), await quotasTable());
  return { table, ports: accountingPortsOn(table) };
}

/** Waits until everything that happened to a grant is in its ledger. */
export async function written(grantId: string): Promise<void> {
  const { ports } = await quotasData();
  const missing = async (): Promise<number> => {
    const records = await readRecords(ports, grantId);
    if (records === undefined) throw new Error(`There is no grant ${grantId}`);
    return auditGrant(records, ports.now()).filter(({ kind }) => kind === 'version-without-row').length;
  };
  // The job has those of all other tests to do, too.
  await vi.waitFor(
    async () => {
      expect(await missing()).toBe(0);
    },
    { timeout: 50_000, interval: 50 },
  );
}
