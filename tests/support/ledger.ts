import { randomUUID } from 'node:crypto';

import { uuidv7 } from 'uuidv7';

import type { GrantRecords } from '../../lambdas/quotas/findings.ts';
import { balanceAfter, bookingEntry, grantEntry, type LedgerEntry, NO_BALANCE } from '../../lambdas/quotas/ledger.ts';
import type { LedgerRow } from '../../lambdas/quotas/ledger-contract.ts';
import { type Booking, entitlementOf, type Grant, NO_ADJUSTMENTS, unitState } from '../../lambdas/quotas/model.ts';
import { SEGMENT_UNITS, type Segment } from '../../lambdas/shared/capacity/account.ts';
import { deriveId } from '../../lambdas/shared/capacity/holder.ts';
import { linked } from '../../lambdas/shared/chain/chain.ts';

/** Grants with a history, made without a database. */

const START = Date.parse('2026-01-01T00:00:00Z');
const at = (step: number): string => new Date(START + step * 1000).toISOString();
const BY = { actor: 'somebody', role: 'coordinator', institutionId: uuidv7(), correlationId: uuidv7() } as const;

/** What a booking comes through, by its number: some end early. */
const WAYS: readonly (readonly Booking['status'][])[] = [
  ['held', 'booked', 'in-treatment', 'fulfilled'],
  ['held', 'booked', 'cancelled'],
  ['held', 'released'],
  ['held', 'booked', 'noshow'],
  ['held', 'booked', 'in-treatment'],
  ['held', 'expired'],
  ['held', 'booked'],
  ['held'],
];

function aGrant(nominal: number): Grant {
  return {
    // Those of one millisecond can be of one family.
    id: randomUUID(),
    poolId: uuidv7(),
    providerId: uuidv7(),
    beneficiaryId: uuidv7(),
    service: 'proton-therapy',
    period: { start: '2026-01-01', end: '2026-12-31', timeZone: 'Europe/Minsk' },
    nominal,
    lendingLimit: 0,
    borrowingLimit: 0,
    loansNeedApproval: false,
    adjustments: NO_ADJUSTMENTS,
    status: 'active',
    createdAt: at(0),
    updatedAt: at(0),
    version: 1,
    by: BY,
  };
}

/** A change of a grant or booking, as a stream tells it. */
export type Told =
  | { readonly of: 'grant'; readonly before: Grant | undefined; readonly after: Grant }
  | { readonly of: 'booking'; readonly before: Booking | undefined; readonly after: Booking };

export function entryOf(told: Told): LedgerEntry {
  return told.of === 'grant' ? grantEntry(told) : bookingEntry(told);
}

/** A grant on which so many things happened, and what its stream told of it. */
export function aHistory(changes: number) {
  const grant = aGrant(4000);
  const told: Told[] = [{ of: 'grant', before: undefined, after: grant }];
  const bookings = new Map<string, Booking>();
  for (let number = 0; told.length < changes; number++) {
    let before: Booking | undefined;
    const id = deriveId(grant.id, String(number));
    for (const status of WAYS[number % WAYS.length]!.slice(0, changes - told.length)) {
      const after: Booking = {
        ...before,
        id,
        grantId: grant.id,
        poolId: grant.poolId,
        providerId: grant.providerId,
        beneficiaryId: grant.beneficiaryId,
        service: grant.service,
        patient: `P-${String(number)}`,
        ageBand: '18+',
        diagnosis: 'C71.6',
        holdFor: 'interactive',
        expiresAt: at(told.length + 900),
        createdAt: before?.createdAt ?? at(told.length),
        updatedAt: at(told.length),
        status,
        version: (before?.version ?? 0) + 1,
        by: BY,
        segment: 0,
        fingerprint: '',
        requests: {},
        ...(status === 'noshow' ? { unitForfeited: true } : {}),
        ...(status === 'cancelled' ? { unitForfeited: false, cancellationReason: 'administrative' } : {}),
      };
      told.push({ of: 'booking', before, after });
      bookings.set(id, after);
      before = after;
    }
  }
  return { grant, told, bookings: [...bookings.values()] };
}

export function ledgerOf(told: readonly Told[]): LedgerRow[] {
  const rows: LedgerRow[] = [];
  for (const entry of told.map(entryOf)) {
    const last = rows.at(-1);
    rows.push(linked({ ...entry, balance: balanceAfter(last?.balance ?? NO_BALANCE, entry.deltas) }, last));
  }
  return rows;
}

/** The history of a grant and everything that must agree with it. */
export function someRecords(changes: number): GrantRecords & { readonly rows: LedgerRow[] } {
  const { grant, told, bookings: made } = aHistory(changes);
  const bookings = made.map((booking, index) => ({ ...booking, segment: Math.floor(index / SEGMENT_UNITS) }));
  const segmentOf = new Map(bookings.map(({ id, segment }) => [id, segment]));
  const placed = told.map((each) =>
    each.of === 'grant' ? each : { ...each, after: { ...each.after, segment: segmentOf.get(each.after.id) ?? 0 } },
  );
  const account = Array.from({ length: entitlementOf(grant) / SEGMENT_UNITS }, (_, number): Segment => {
    const holders = bookings.flatMap((booking) => {
      const state = unitState(booking);
      return booking.segment === number && state !== undefined ? [{ id: booking.id, subject: 'nobody', state }] : [];
    });
    return { number, entitled: SEGMENT_UNITS, committed: holders.length, closed: false, holders };
  });
  return { grant, account, unreadable: 0, bookings, rows: ledgerOf(placed) };
}
