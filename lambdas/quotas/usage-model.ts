import type { LedgerRow } from './ledger-contract.ts';
import type { Booking, Grant } from './model.ts';
import { PRIORITY_RULES } from './priority-rules.ts';
import type { QuotaUsage, Waits } from './usage-contract.ts';

/** How the courses of a grant were used, as its ledger tells. Pure. */

/** Rows that freeze what was counted until then. */
const isVersion = ({ type }: LedgerRow): boolean => type === 'close' || type === 'restate';

/**
 * The rows that count in a version of a closed period's usage: those up to the row that made it.
 * @param version the latest unless said
 * @returns `undefined` when there is no such version
 */
export function rowsOfVersion(
  rows: readonly LedgerRow[],
  version?: number,
): { readonly version: number; readonly rows: readonly LedgerRow[] } | undefined {
  const ends = rows.flatMap((row, index) => (isVersion(row) ? [index] : []));
  const wanted = version ?? ends.length;
  const end = ends[wanted - 1];
  return end === undefined ? undefined : { version: wanted, rows: rows.slice(0, end + 1) };
}

/** @param rows of the grant's ledger that count, at least its first */
export function usageOf(grant: Grant, rows: readonly LedgerRow[], version: number | undefined): QuotaUsage | undefined {
  const last = rows.at(-1);
  if (last === undefined) return undefined;
  const { id: grantId, poolId, providerId, beneficiaryId, service, period } = grant;
  const { entitled, committed, held, booked, inTreatment, fulfilled, forfeited } = last.balance;
  const sum = (part: keyof LedgerRow['deltas']): number =>
    rows.reduce((total, { deltas }) => total + (deltas[part] ?? 0), 0);
  const rises = (part: 'lentOut' | 'borrowedIn'): number =>
    rows.reduce((total, { deltas }) => total + Math.max(0, deltas[part] ?? 0), 0);
  return {
    grantId,
    poolId,
    providerId,
    beneficiaryId,
    service,
    period,
    ...(version === undefined ? {} : { version }),
    asOf: last.at,
    sequence: last.sequence,
    granted: sum('nominal'),
    carriedIn: sum('carriedIn'),
    carriedOut: sum('carriedOut'),
    transferredIn: sum('transferredIn'),
    transferredOut: sum('transferredOut'),
    lent: rises('lentOut'),
    borrowed: rises('borrowedIn'),
    expired: sum('expired'),
    entitled,
    used: inTreatment + fulfilled,
    booked,
    held,
    forfeited,
    unused: entitled - committed,
    noShows: rows.filter(({ type }) => type === 'no-show').length,
    waits: waitsIn(rows),
  };
}

function waitsIn(rows: readonly LedgerRow[]): Waits {
  const joined = new Map<Booking['id'], string>();
  const served: number[] = [];
  let withdrawn = 0;
  // The last offer that is not taken ends the wait without a row of its own.
  const offersLost = new Map<Booking['id'], number>();
  for (const { type, bookingId = '', at } of rows) {
    const since = joined.get(bookingId);
    if (type === 'join-waitlist') joined.set(bookingId, at);
    if (type === 'accept-offer' && since !== undefined) served.push(Date.parse(at) - Date.parse(since));
    if (type === 'decline-offer' || type === 'lapse') offersLost.set(bookingId, (offersLost.get(bookingId) ?? 0) + 1);
    if (type === 'withdraw') withdrawn += 1;
  }
  withdrawn += [...offersLost.values()].filter((times) => times >= PRIORITY_RULES.offers.most).length;
  const times = served.toSorted((a, b) => a - b);
  const [median, p90] = [quantile(times, 0.5), quantile(times, 0.9)];
  return {
    joined: joined.size,
    served: served.length,
    withdrawn,
    waiting: joined.size - served.length - withdrawn,
    ...(median === undefined ? {} : { medianHours: inHours(median) }),
    ...(p90 === undefined ? {} : { p90Hours: inHours(p90) }),
  };
}

/** The smallest value that so many of all do not exceed (nearest rank). @param sorted in ascending order */
function quantile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.ceil(share * sorted.length) - 1];
}

/** To a tenth. */
const inHours = (milliseconds: number): number => Math.round(milliseconds / 360_000) / 10;
