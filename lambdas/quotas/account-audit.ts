import { holdingsOf } from '../shared/capacity/account.ts';
import type { Finding, FindingKind, GrantRecords, IsYoung } from './findings.ts';
import { entitlementOf, unitState } from './model.ts';

/** Milliseconds after which the sweep has given a unit back whose request died before its booking was written. */
const SWEPT_WITHIN = 180_000;

/** The counters against the grant and its bookings. */
export function auditAccount({ grant, account, unreadable, bookings }: GrantRecords, isYoung: IsYoung): Finding[] {
  const findings: Finding[] = [];
  const find = (kind: FindingKind, about: string, young = false): void => {
    findings.push({ kind, about, young });
  };
  if (unreadable > 0) find('segment-unreadable', `${String(unreadable)} segments`);
  const closed = grant.status !== 'active';
  const entitled = account.reduce((sum, segment) => sum + segment.entitled, 0);
  if (entitled !== entitlementOf(grant) || account.some((segment) => segment.closed !== closed)) {
    find('account-differs-from-grant', grant.id, isYoung(grant.updatedAt));
  }
  for (const { number, committed, holders } of account) {
    if (committed !== holders.length) find('segment-miscounted', `segment ${String(number)}`);
  }
  const byId = new Map(bookings.map((booking) => [booking.id, booking]));
  for (const booking of bookings) {
    const shown = holdingsOf(account, booking.id).find(({ segment }) => segment === booking.segment);
    if (shown?.holder.state !== unitState(booking)) {
      find('account-differs-from-booking', booking.id, isYoung(booking.updatedAt));
    }
  }
  for (const { number, holders } of account) {
    for (const { id, takenAt = 0 } of holders) {
      if (byId.get(id)?.segment !== number) find('holder-without-booking', id, isYoung(takenAt * 1000, SWEPT_WITHIN));
    }
  }
  return findings;
}
