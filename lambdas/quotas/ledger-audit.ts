import { faultsOfChain } from '../shared/chain/chain.ts';
import { auditAccount } from './account-audit.ts';
import type { Finding, FindingKind, GrantRecords, IsYoung } from './findings.ts';
import {
  balanceAfter,
  bookingEntry,
  committedState,
  entitlementParts,
  grantEntry,
  type LedgerEntry,
  leadsTo,
  NO_BALANCE,
} from './ledger.ts';
import { COMMITTED_STATES, LedgerRow } from './ledger-contract.ts';
import type { Booking, Grant } from './model.ts';

/**
 * Holds everything that is known of a grant against each other: its ledger against the ledger's own rules, against the
 * grant and its bookings, and these against the account. Pure.
 *
 * The end of a ledger is anchored in what it is about: each version of the grant and of each booking has its row, so
 * that a row that was cut off leaves a version without one.
 */

/** Milliseconds after which a change has reached everything it has to. */
const SETTLES_WITHIN = 60_000;

export function auditGrant(records: GrantRecords, now: Date): Finding[] {
  const isYoung: IsYoung = (at, within = SETTLES_WITHIN) => now.getTime() - new Date(at).getTime() < within;
  const rows = records.rows.map((item) => LedgerRow.safeParse(item).data);
  const readable = rows.filter((row) => row !== undefined);
  return [
    ...faultsOfChain(records.rows).map(({ kind, place }) => inRow(kind, place)),
    ...rows.flatMap((row, index) => (row === undefined ? [inRow('unreadable', index + 1)] : [])),
    ...wrongBalances(readable),
    ...againstVersions(readable, records, isYoung),
    ...auditAccount(records, isYoung),
  ];
}

const inRow = (kind: FindingKind, place: number): Finding => ({ kind, about: `row ${String(place)}`, young: false });

function wrongBalances(rows: readonly LedgerRow[]): Finding[] {
  return rows.flatMap((row, index) => {
    const due = balanceAfter(rows[index - 1]?.balance ?? NO_BALANCE, row.deltas);
    const { entitled, committed } = row.balance;
    const right =
      entitled === due.entitled &&
      committed === due.committed &&
      COMMITTED_STATES.every((state) => row.balance[state] === due[state]);
    return right ? [] : [inRow('wrong-balance', row.sequence)];
  });
}

/** What a row is about, and what the row of its last version must say. */
interface Subject {
  readonly id: string;
  readonly version: number;
  readonly updatedAt: string;
  /** What follows from the version before, too, is not looked at. */
  readonly lastRow: LedgerEntry;
  readonly canEndWith: (row: LedgerRow) => boolean;
  /** What all its rows must add up to; counts that are not named to nothing. */
  readonly sums: Readonly<Record<string, number>>;
  readonly whenSumsDiffer: FindingKind;
}

function grantSubject(grant: Grant): Subject {
  return {
    ...grant,
    lastRow: grantEntry({ before: undefined, after: grant }),
    canEndWith: ({ type, reason }) => (type === 'grant') === (grant.version === 1) && reason === grant.reason,
    sums: entitlementParts(grant),
    whenSumsDiffer: 'grant-differs-from-ledger',
  };
}

function bookingSubject(booking: Booking): Subject {
  const state = committedState(booking);
  return {
    ...booking,
    lastRow: bookingEntry({ before: undefined, after: booking }),
    canEndWith: (row) => leadsTo(row, booking),
    sums: state === undefined ? {} : { [state]: 1 },
    whenSumsDiffer: 'booking-differs-from-ledger',
  };
}

/** The rows against the versions they are about. */
function againstVersions(rows: readonly LedgerRow[], { grant, bookings }: GrantRecords, isYoung: IsYoung): Finding[] {
  const rowsOf = Map.groupBy(rows, ({ bookingId }) => bookingId ?? grant.id);
  const subjects = [grantSubject(grant), ...bookings.map(bookingSubject)];
  const known = new Map(subjects.map(({ id, version }) => [id, version]));
  const timeBefore = new Map(rows.map(({ sequence, at }) => [sequence + 1, at]));
  return [
    ...subjects.flatMap((subject) => againstVersion(rowsOf.get(subject.id) ?? [], subject, isYoung, timeBefore)),
    ...rows
      .filter(({ bookingId, version }) => version > (known.get(bookingId ?? grant.id) ?? 0))
      .map(({ sequence }) => inRow('row-without-version', sequence)),
    ...rows.filter(({ grantId }) => grantId !== grant.id).map(({ sequence }) => inRow('row-of-another', sequence)),
  ];
}

/** All rows about one thing against what it is now. */
function againstVersion(
  rows: readonly LedgerRow[],
  subject: Subject,
  isYoung: IsYoung,
  timeBefore: ReadonlyMap<number, string>,
): Finding[] {
  const { id, version: last, updatedAt } = subject;
  const findings: Finding[] = [];
  const rowsOf = Map.groupBy(rows, ({ version }) => version);
  for (let version = 1; version <= last; version++) {
    const { length } = rowsOf.get(version) ?? [];
    const about = `version ${String(version)} of ${id}`;
    if (length === 0) findings.push({ kind: 'version-without-row', about, young: isYoung(updatedAt) });
    if (length > 1) findings.push({ kind: 'version-with-two-rows', about, young: false });
  }
  if (findings.length > 0) return findings;
  const [end] = rowsOf.get(last) ?? [];
  if (end !== undefined && !tells(end, subject, timeBefore.get(end.sequence) ?? '')) {
    findings.push(inRow('row-differs-from-version', end.sequence));
  }
  if (!addUpTo(rows, subject.sums)) findings.push({ kind: subject.whenSumsDiffer, about: id, young: false });
  return findings;
}

/** What a row says of a version, whatever was before it. */
const TOLD = [
  'grantId',
  'bookingId',
  'version',
  'segment',
  'at',
  'actor',
  'role',
  'institutionId',
  'correlationId',
  'cause',
  'agreementId',
  'agreementVersion',
  'agreementHash',
  'ruleVersion',
] as const;

/**
 * Whether the row of the last version tells what that version is. The last row of a ledger, behind which there is no hash
 * of it, is always of a last version.
 */
function tells(row: LedgerRow, { lastRow, canEndWith }: Subject, timeBefore: string): boolean {
  const due = { ...lastRow, at: timeBefore > lastRow.at ? timeBefore : lastRow.at };
  return TOLD.every((member) => row[member] === due[member]) && canEndWith(row);
}

function addUpTo(rows: readonly LedgerRow[], sums: Subject['sums']): boolean {
  const rest = new Map(Object.entries(sums));
  for (const [count, by] of rows.flatMap(({ deltas }) => Object.entries(deltas))) {
    rest.set(count, (rest.get(count) ?? 0) - (by ?? 0));
  }
  return [...rest.values()].every((difference) => difference === 0);
}
