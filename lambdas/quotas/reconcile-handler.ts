import { inBatches } from '../shared/batches.ts';
import { totals } from '../shared/capacity/account.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { logJob, logJobFailure } from '../shared/observability/log.ts';
import { accountingPortsOn } from './accounting-ports.ts';
import { ledgerPartition } from './keys.ts';
import { isBalanceOf } from './ledger.ts';
import { auditGrant } from './ledger-audit.ts';
import { readRecords } from './ledger-operations.ts';

const ports = accountingPortsOn(deployedTable());

const GRANTS_AT_ONCE = 10;
const PAGE = 100;

/** The counters of a grant and its ledger do not agree. */
class CountersDiffer extends Error {
  override readonly name = 'CountersDiffer';
}

type Result = 'agrees' | 'CapacityDrift' | 'failed';

/**
 * Compares the last balance of a grant's ledger with its counters: two reads. Only where they differ everything is read,
 * to tell what is under way from what is wrong.
 */
async function reconcile(grantId: string): Promise<Result> {
  try {
    const last = await ports.ledger.last(ledgerPartition(grantId));
    const found = await ports.quotas.getGrant(grantId, { consistent: true });
    if (found === undefined || (last !== undefined && isBalanceOf(last.balance, totals(found.account))))
      return 'agrees';
    const records = await readRecords(ports, grantId);
    if (records === undefined || auditGrant(records, ports.now()).every(({ young }) => young)) return 'agrees';
    logJobFailure('reconcile', new CountersDiffer(), { id: grantId });
    return 'CapacityDrift';
  } catch (error) {
    logJobFailure('reconcile', error, { id: grantId });
    return 'failed';
  }
}

/**
 * Compares what the ledgers add up to with the counters, grant by grant.
 * @returns how many grants were visited, of how many the counters differ, and how many could not be read
 */
export async function handler(): Promise<Readonly<Record<string, number>>> {
  const counts = { grants: 0, CapacityDrift: 0, failed: 0 };
  let after: string | undefined;
  do {
    const page = await ports.quotas.listSweptGrants(PAGE, after);
    counts.grants += page.entries.length;
    for (const result of await inBatches(page.entries, GRANTS_AT_ONCE, ({ id }) => reconcile(id))) {
      if (result !== 'agrees') counts[result] += 1;
    }
    after = page.next;
  } while (after !== undefined);
  logJob('reconcile', counts);
  if (counts.failed > 0) throw new Error(`${String(counts.failed)} grants could not be reconciled`);
  return counts;
}
