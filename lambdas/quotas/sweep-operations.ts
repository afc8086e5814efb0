import { expiryOf, type Holder } from '../shared/capacity/holder.ts';
import { isExpired } from './model.ts';
import type { Ports } from './ports.ts';
import { accountKey } from './quotas-table.ts';
import { expire, settle } from './settlement.ts';

/**
 * The sweep: gives back what nobody will use. An expired hold counts until the sweep has come by, so that the error is
 * always towards offering too little.
 */

/** No request lives longer than this: what it took and did not write down by then, it never will. */
const ABANDONED_AFTER_SECONDS = 60;
/** After this a hold without a booking has been looked at many times, and is looked at again when it expires. */
const WATCHED_FOR_SECONDS = 600;
const GRANTS_AT_ONCE = 10;
const PAGE = 100;

export interface SweepCounts {
  readonly grants: number;
  /** Holds ended because their time was up. */
  readonly expired: number;
  /** Units given back that an abandoned request had taken. */
  readonly abandoned: number;
  /** Accounts brought into agreement with a booking. */
  readonly settled: number;
}

type Finding = 'nothing' | 'expired' | 'abandoned' | 'settled';

/** Visits the account of every grant. @returns what was found and put right */
export async function sweep(ports: Ports): Promise<SweepCounts> {
  const found = { grants: 0, expired: 0, abandoned: 0, settled: 0, nothing: 0 };
  let after: string | undefined;
  do {
    const page = await ports.quotas.listSweptGrants(PAGE, after);
    found.grants += page.entries.length;
    for (let start = 0; start < page.entries.length; start += GRANTS_AT_ONCE) {
      const batch = page.entries.slice(start, start + GRANTS_AT_ONCE);
      const findings = await Promise.all(batch.map(({ id }) => sweepGrant(ports, id)));
      for (const finding of findings.flat()) found[finding] += 1;
    }
    after = page.next;
  } while (after !== undefined);
  const { nothing: _, ...counts } = found;
  return counts;
}

/** Visits the account of one grant. @returns what was found for each holder that was due */
export async function sweepGrant(ports: Ports, grantId: string): Promise<Finding[]> {
  const { account } = await ports.quotas.accounts.load(accountKey(grantId), { consistent: false });
  const findings: Finding[] = [];
  for (const segment of account) {
    for (const holder of segment.holders) {
      if (isDue(holder, ports.now())) findings.push(await sweepHolder(ports, grantId, segment.number, holder));
    }
  }
  return findings;
}

function isDue(holder: Holder, now: Date): boolean {
  if (holder.state !== 'held') return false;
  const seconds = now.getTime() / 1000;
  const age = seconds - (holder.takenAt ?? 0);
  const expired = (expiryOf(holder) ?? Number.POSITIVE_INFINITY) <= seconds;
  return expired || (age > ABANDONED_AFTER_SECONDS && age < WATCHED_FOR_SECONDS);
}

async function sweepHolder(ports: Ports, grantId: string, segment: number, holder: Holder): Promise<Finding> {
  const { quotas, now } = ports;
  const booking = await quotas.getBooking(holder.id, { consistent: true });
  if (booking === undefined) {
    const seconds = Math.floor(now().getTime() / 1000);
    if (seconds - (holder.takenAt ?? 0) <= ABANDONED_AFTER_SECONDS) return 'nothing';
    // Only if it is unchanged: a repetition of the request renews its holder before it goes on.
    const freed = await quotas.accounts.free(accountKey(grantId), segment, holder.id, seconds, holder);
    return freed ? 'abandoned' : 'nothing';
  }
  if (isExpired(booking, now())) return (await expire(ports, booking)) ? 'expired' : 'nothing';
  if (booking.status === 'held') return 'nothing';
  await settle(ports, booking);
  return 'settled';
}
