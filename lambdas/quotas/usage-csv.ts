import { csv } from '../shared/csv.ts';
import type { QuotaUsage } from './usage-contract.ts';

/** The usage report as CSV: one line per grant, headed by the names of the JSON members. */

const COLUMNS = [
  'service',
  'providerId',
  'beneficiaryId',
  'periodStart',
  'periodEnd',
  'timeZone',
  'poolId',
  'grantId',
  'version',
  'asOf',
  'sequence',
  'granted',
  'carriedIn',
  'carriedOut',
  'transferredIn',
  'transferredOut',
  'lent',
  'borrowed',
  'expired',
  'entitled',
  'used',
  'booked',
  'held',
  'forfeited',
  'unused',
  'noShows',
  'waitsJoined',
  'waitsServed',
  'waitsWithdrawn',
  'waitsWaiting',
  'waitsMedianHours',
  'waitsP90Hours',
] as const;
type Column = (typeof COLUMNS)[number];

function line({ period, waits, ...usage }: QuotaUsage): Record<Column, string | number | undefined> {
  return {
    ...usage,
    version: usage.version,
    periodStart: period.start,
    periodEnd: period.end,
    timeZone: period.timeZone,
    waitsJoined: waits.joined,
    waitsServed: waits.served,
    waitsWithdrawn: waits.withdrawn,
    waitsWaiting: waits.waiting,
    waitsMedianHours: waits.medianHours,
    waitsP90Hours: waits.p90Hours,
  };
}

export function usageAsCsv(items: readonly QuotaUsage[]): string {
  return csv(COLUMNS, items.map(line));
}
