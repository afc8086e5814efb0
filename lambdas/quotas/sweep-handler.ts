import { inBatches } from '../shared/batches.ts';
import { contradictsItself, hasLiveHolders, isQueued, totals } from '../shared/capacity/account.ts';
import { type Swept, sweepAccount } from '../shared/capacity/sweep.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { logJob, logJobFailure } from '../shared/observability/log.ts';
import type { MetricName } from '../shared/observability/metrics.ts';
import { accountingPortsOn } from './accounting-ports.ts';
import { bookingsAsClaims } from './bookings-as-claims.ts';
import { expireCarried, isCarriedOver } from './carried-units.ts';
import { accountKey } from './keys.ts';
import { type Grant, isOpen } from './model.ts';
import { readGrantItem } from './quotas-table.ts';

const ports = accountingPortsOn(deployedTable());
const claims = bookingsAsClaims(ports);

const GRANTS_AT_ONCE = 10;
const PAGE = 100;

/** What a run says of itself. Each is a metric. */
const nothing = {
  GrantsSwept: 0,
  GrantsFailed: 0,
  BookingsExpired: 0,
  BookingsSettled: 0,
  UnitsAbandoned: 0,
  CapacityDrift: 0,
  UnitsEntitled: 0,
  UnitsCommitted: 0,
  UnitsHeld: 0,
  GrantsWithLine: 0,
} satisfies Partial<Record<MetricName, number>>;
type Counts = typeof nothing;

/** A grant's account contradicts itself: only an operator can judge how that came about. */
class CapacityDrift extends Error {
  override readonly name = 'CapacityDrift';
}

/** One account that cannot be read or swept must not keep the others waiting: it is reported at the end. */
async function sweepGrant(grantId: string): Promise<Counts> {
  try {
    const swept = await sweepAccount(claims, accountKey(grantId));
    const drifted = contradictsItself(swept.account);
    if (drifted) logJobFailure('sweep', new CapacityDrift(), { id: grantId });
    if (swept.owner === undefined) return countsOf(undefined, swept, drifted);
    const grant = readGrantItem(swept.owner);
    if (isCarriedOver({ grant }, ports.now())) await expireCarried(ports, grantId);
    if (grant.status === 'closed' && !hasLiveHolders(swept.account)) await ports.closings.retire(grant);
    return countsOf(grant, swept, drifted);
  } catch (error) {
    logJobFailure('sweep', error, { id: grantId });
    return { ...nothing, GrantsSwept: 1, GrantsFailed: 1 };
  }
}

function countsOf(grant: Grant | undefined, { account, findings }: Swept, drifted: boolean): Counts {
  const found = (what: string): number => findings.filter((finding) => finding === what).length;
  const counts = {
    ...nothing,
    GrantsSwept: 1,
    BookingsExpired: found('expired'),
    BookingsSettled: found('settled'),
    UnitsAbandoned: found('abandoned'),
    CapacityDrift: drifted ? 1 : 0,
  };
  // What is left of a period that is over can no longer be used, and would only water the utilisation down.
  if (grant === undefined || !isOpen(grant.period, ports.now())) return counts;
  const { entitled, committed, held } = totals(account);
  return {
    ...counts,
    UnitsEntitled: entitled,
    UnitsCommitted: committed,
    UnitsHeld: held,
    GrantsWithLine: isQueued(account) ? 1 : 0,
  };
}

/**
 * Visits the account of every grant, gives back what nobody will use, and looks whether the account is sound.
 * @returns how many grants were visited, what was found and put right, and how many units are used
 * @throws Error after all were visited, when some of them could not be swept
 */
export async function handler(): Promise<Counts> {
  let sum: Counts = nothing;
  let after: string | undefined;
  do {
    const page = await ports.quotas.listSweptGrants(PAGE, after);
    for (const counts of await inBatches(page.entries, GRANTS_AT_ONCE, ({ id }) => sweepGrant(id))) {
      sum = added(sum, counts);
    }
    after = page.next;
  } while (after !== undefined);
  logJob('sweep', sum);
  if (sum.GrantsFailed > 0) throw new Error(`${String(sum.GrantsFailed)} grants could not be swept`);
  return sum;
}

function added(a: Counts, b: Counts): Counts {
  return {
    GrantsSwept: a.GrantsSwept + b.GrantsSwept,
    GrantsFailed: a.GrantsFailed + b.GrantsFailed,
    BookingsExpired: a.BookingsExpired + b.BookingsExpired,
    BookingsSettled: a.BookingsSettled + b.BookingsSettled,
    UnitsAbandoned: a.UnitsAbandoned + b.UnitsAbandoned,
    CapacityDrift: a.CapacityDrift + b.CapacityDrift,
    UnitsEntitled: a.UnitsEntitled + b.UnitsEntitled,
    UnitsCommitted: a.UnitsCommitted + b.UnitsCommitted,
    UnitsHeld: a.UnitsHeld + b.UnitsHeld,
    GrantsWithLine: a.GrantsWithLine + b.GrantsWithLine,
  };
}
