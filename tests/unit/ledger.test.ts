import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { GrantRecords } from '../../lambdas/quotas/findings.ts';
import { balanceAfter, bookingEntry, grantEntry, NO_BALANCE } from '../../lambdas/quotas/ledger.ts';
import { auditGrant } from '../../lambdas/quotas/ledger-audit.ts';
import type { LedgerRow } from '../../lambdas/quotas/ledger-contract.ts';
import type { Booking } from '../../lambdas/quotas/model.ts';
import { HUB } from '../../lambdas/shared/auth/agent.ts';
import { hashOf, linked } from '../../lambdas/shared/chain/chain.ts';
import { aHistory, someRecords } from '../support/ledger.ts';

const NOW = new Date('2026-06-01T00:00:00Z');
const audit = (records: GrantRecords) => auditGrant(records, NOW);

describe('what a row says', () => {
  const { grant, told } = aHistory(30);

  test('of a grant: what its entitlement gained and lost', () => {
    const lent = { ...grant, adjustments: { ...grant.adjustments, lentOut: 3, borrowedIn: 1 }, version: 2 };
    expect(grantEntry({ before: grant, after: lent })).toMatchObject({
      type: 'loan',
      version: 2,
      deltas: { lentOut: 3, borrowedIn: 1 },
    });
    expect(grantEntry({ before: lent, after: { ...grant, version: 3 } }).deltas).toEqual({
      lentOut: -3,
      borrowedIn: -1,
    });
  });

  test.each([
    ['suspend', { status: 'suspended' }],
    ['resize', { nominal: 1999 }],
    ['carry-over', { adjustments: { ...grant.adjustments, carriedIn: 1 } }],
    ['transfer', { adjustments: { ...grant.adjustments, transferredOut: 1 } }],
    ['expire-units', { adjustments: { ...grant.adjustments, expired: 1 } }],
    ['amend', { lendingLimit: 5 }],
  ] as const)('of a grant: %s', (type, change) => {
    expect(grantEntry({ before: grant, after: { ...grant, ...change, version: 2 } }).type).toBe(type);
  });

  test('of a grant under an agreement: which version, on every row; of one without, nothing', () => {
    const named = { agreementId: grant.poolId, agreementVersion: 2, agreementHash: 'a'.repeat(64) };
    const under = { ...grant, ...named };
    expect(grantEntry({ before: undefined, after: under })).toMatchObject({ type: 'grant', ...named });
    expect(grantEntry({ before: under, after: { ...under, nominal: 1, version: 2 } })).toMatchObject(named);
    expect(Object.keys(grantEntry({ before: undefined, after: grant })).join(' ')).not.toContain('agreement');
  });

  test('of a booking: which step it made, and how it counts since', () => {
    const steps = told.flatMap((each) => (each.of === 'booking' ? [bookingEntry(each)] : []));
    expect(steps.slice(0, 7).map(({ type, deltas }) => [type, deltas])).toEqual([
      ['hold', { held: 1 }],
      ['confirm', { held: -1, booked: 1 }],
      ['arrive', { booked: -1, inTreatment: 1 }],
      ['complete', { inTreatment: -1, fulfilled: 1 }],
      ['hold', { held: 1 }],
      ['confirm', { held: -1, booked: 1 }],
      ['cancel', { booked: -1 }],
    ]);
  });

  test('of a step that nobody knows: how it counts, all the same', () => {
    const [, held] = told;
    if (held?.of !== 'booking') throw new Error('A hold was expected');
    const after = { ...held.after, status: 'cancelled', version: 2 } as const;
    expect(bookingEntry({ before: held.after, after })).toMatchObject({ type: 'amend', deltas: { held: -1 } });
  });
});

type Rows = readonly LedgerRow[];
const rehashed = (row: LedgerRow): LedgerRow => ({ ...row, hash: hashOf(row) });
const replaced = (rows: Rows, index: number, row: LedgerRow): Rows => rows.with(index, row);
/** Another value of the same kind. */
function altered(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'string') return value.startsWith('1') ? `2${value.slice(1)}` : `1${value.slice(1)}`;
  return { ...(value as object), held: ((value as { held?: number }).held ?? 0) + 1 };
}
function edited(row: LedgerRow, nth: number): LedgerRow {
  const members = Object.keys(row).filter((name) => name !== 'hash');
  const name = members[nth % members.length]!;
  return { ...row, [name]: altered(row[name as keyof LedgerRow]) };
}

/** A chain with nothing wrong in itself. */
function madeAnew(rows: Rows): Rows {
  const made: LedgerRow[] = [];
  for (const row of rows) {
    const last = made.at(-1);
    made.push(linked({ ...row, balance: balanceAfter(last?.balance ?? NO_BALANCE, row.deltas) }, last));
  }
  return made;
}

/** What somebody can do to the rows who can write to the table. */
const TAMPERINGS: Readonly<Record<string, (rows: Rows, at: number, other: number) => Rows>> = {
  'edited anywhere': (rows, at, nth) => replaced(rows, at, edited(rows[at]!, nth)),
  'edited and given a hash that fits': (rows, at, nth) => replaced(rows, at, rehashed(edited(rows[at]!, nth))),
  'given something more': (rows, at) => replaced(rows, at, { ...rows[at]!, note: 'x' } as LedgerRow),
  removed: (rows, at) => rows.toSpliced(at, 1),
  'removed, and all behind it made anew': (rows, at) => madeAnew(rows.toSpliced(at, 1)),
  'put elsewhere': (rows, at, other) => {
    const to = other % rows.length;
    return rows.with(at, rows[to]!).with(to, rows[at]!);
  },
  'put in twice': (rows, at) => rows.toSpliced(at, 0, rows[at]!),
  'cut off at the end': (rows, at) => rows.slice(0, at),
};

const SHORT = someRecords(40);
const TEN_THOUSAND = someRecords(10_000);

describe.each(Object.entries(TAMPERINGS))('a row that was %s is found', (name, tamper) => {
  const findsAll = (records: GrantRecords & { readonly rows: Rows }, runs: number): void => {
    const { rows } = records;
    const last = rows.length - 1;
    fc.assert(
      fc.property(fc.nat({ max: last }), fc.nat(), (at, other) => {
        fc.pre(name !== 'put elsewhere' || other % rows.length !== at);
        expect(audit({ ...records, rows: tamper(rows, at, other) })).not.toEqual([]);
      }),
      { numRuns: runs },
    );
  };

  test('in a short ledger', () => {
    findsAll(SHORT, 200);
  });
  test('among ten thousand rows', () => {
    findsAll(TEN_THOUSAND, 3);
  }, 60_000);
  test.each(Array.from({ length: 20 }, (_, nth) => nth))('at the very end (%i)', (nth) => {
    expect(audit({ ...SHORT, rows: tamper(SHORT.rows, SHORT.rows.length - 1, nth) })).not.toEqual([]);
  });
});

test('nothing is found where nothing was done', () => {
  expect(audit(TEN_THOUSAND)).toEqual([]);
});

test('what happened within the last minute may still be under way', () => {
  const records = someRecords(40);
  const moment = new Date(records.bookings.at(-1)!.updatedAt);
  const found = auditGrant({ ...records, rows: records.rows.slice(0, -1) }, new Date(moment.getTime() + 30_000));
  expect(found).toMatchObject([{ kind: 'version-without-row', young: true }]);
});

test('a row that names another agreement than its grant is found', () => {
  const records = someRecords(1);
  const named = { agreementId: records.grant.poolId, agreementVersion: 2, agreementHash: 'a'.repeat(64) };
  const grant = { ...records.grant, ...named };
  const entry = { ...grantEntry({ before: undefined, after: grant }), balance: records.rows[0]!.balance };
  const right = linked(entry, undefined);
  const wrong = linked({ ...entry, agreementHash: 'b'.repeat(64) }, undefined);
  expect(audit({ ...records, grant, rows: [{ ...right }] })).toEqual([]);
  expect(audit({ ...records, grant, rows: [{ ...wrong }] }).map(({ kind }) => kind)).toEqual([
    'row-differs-from-version',
  ]);
});

describe('in line', () => {
  const { told } = aHistory(2);
  const [, first] = told;
  const held = first?.of === 'booking' ? first.after : undefined;
  const waiting = {
    priorityClass: 2,
    ruleVersion: 1,
    joinedAt: '2026-01-01T00:00:00.000Z',
    offersNotTaken: 0,
  } as const;
  const { segment: _, ...rest } = held!;
  const waitlisted: Booking = { ...rest, status: 'waitlisted', waiting };
  const offered: Booking = { ...waitlisted, status: 'offered', segment: 1, version: 2 };
  const again = { ...waiting, offersNotTaken: 1 };

  test.each([
    ['join-waitlist', undefined, waitlisted, {}],
    ['offer', waitlisted, { ...offered, by: HUB }, { held: 1 }],
    ['accept-offer', offered, { ...offered, status: 'held', version: 3 }, {}],
    ['decline-offer', offered, { ...offered, status: 'waitlisted', waiting: again, version: 3 }, { held: -1 }],
    ['lapse', offered, { ...offered, status: 'withdrawn', waiting: again, version: 3, by: HUB }, { held: -1 }],
    ['withdraw', offered, { ...offered, status: 'withdrawn', version: 3 }, { held: -1 }],
    ['set-priority', waitlisted, { ...waitlisted, version: 2 }, {}],
    ['age', waitlisted, { ...waitlisted, version: 2, by: HUB }, {}],
  ] as const)('%s', (type, before, after, deltas) => {
    expect(bookingEntry({ before, after })).toMatchObject({ type, deltas, ruleVersion: 1 });
  });
});
