import { canonical } from '../shared/canonical.ts';
import { type ChainFault, faultsOfChain, sequenceText } from '../shared/chain/chain.ts';
import { Anchor, type Head } from './anchor-model.ts';
import { AuditRow } from './contract.ts';
import { type AuditEntry, sourceOf } from './model.ts';

/**
 * Holds a chain against everything that is known of it: its own rules, the anchors, and the items whose changes it tells.
 *
 * Anchors say what was there on a day, so that what is older cannot be made anew. What is younger is anchored in the
 * items: the last version of each has its row, so that a row that was cut off leaves a version without one.
 */

export type FindingKind =
  | ChainFault['kind']
  | 'unreadable'
  | 'misplaced'
  | 'twice'
  | 'differs-from-anchor'
  | 'missing-since-anchor'
  | 'change-without-row'
  | 'row-without-change'
  | 'row-differs-from-change';

export interface Finding {
  readonly kind: FindingKind;
  /** Which row, or which change. */
  readonly about: string;
  /** It is about a change so young that its row may still be under way. */
  readonly young: boolean;
}

/** What is known of a chain from elsewhere. */
export interface Evidence {
  /** What must be in it, as far as it follows from an item alone: of each item its last change. */
  readonly due: readonly AuditEntry[];
  /** The last version of each item that there is, by its type and id. */
  readonly versions: ReadonlyMap<string, number>;
  /** When those were read. */
  readonly readAt: Date;
  /** Where the chain stood, by anchors. */
  readonly heads: readonly (Head & { readonly date: string })[];
}

/** Milliseconds after which a change has its row. */
const SETTLES_WITHIN = 60_000;

export const itemOf = ({ subjectType, subject }: Pick<AuditEntry, 'subjectType' | 'subject'>): string =>
  `${subjectType} ${subject}`;

type StoredRow = Readonly<Record<string, unknown>>;

/** @param stored the rows as they are stored, in the order of their keys */
export function auditChain(
  institutionId: string,
  stored: readonly StoredRow[],
  evidence: Evidence,
  now: Date,
): Finding[] {
  const rows = stored.map((item) => AuditRow.safeParse(item).data);
  const readable = rows.filter((row) => row !== undefined);
  return [
    ...faultsOfChain(stored).map(({ kind, place }) => inRow(kind, place)),
    ...rows.flatMap((row, index) => (row === undefined ? [inRow('unreadable', index + 1)] : [])),
    ...readable
      .filter(({ place, sequence }) => place !== `${institutionId}#${sequenceText(sequence)}`)
      .map(({ sequence }) => inRow('misplaced', sequence)),
    ...againstAnchors(stored, evidence.heads),
    ...againstItems(readable, evidence, now),
  ];
}

const inRow = (kind: FindingKind, place: number): Finding => ({ kind, about: `row ${String(place)}`, young: false });

/** The first contradiction says all: what lies behind it follows from it. */
function againstAnchors(stored: readonly StoredRow[], heads: Evidence['heads']): Finding[] {
  for (const { sequence, hash, date } of heads) {
    const about = `row ${String(sequence)}, anchored on ${date},`;
    const row = stored[sequence - 1];
    if (row === undefined) return [{ kind: 'missing-since-anchor', about, young: false }];
    if (row['hash'] !== hash) return [{ kind: 'differs-from-anchor', about, young: false }];
  }
  return [];
}

function againstItems(rows: readonly AuditRow[], { due, versions, readAt }: Evidence, now: Date): Finding[] {
  const bySource = Map.groupBy(rows, sourceOf);
  const findings: Finding[] = [];
  for (const [source, [, second]] of bySource) {
    if (second !== undefined) findings.push({ kind: 'twice', about: source, young: false });
  }
  for (const entry of due) {
    const about = sourceOf(entry);
    const [row] = bySource.get(about) ?? [];
    const young = now.getTime() - Date.parse(entry.at) < SETTLES_WITHIN;
    if (row === undefined) findings.push({ kind: 'change-without-row', about, young });
    else if (!tells(row, entry)) findings.push({ kind: 'row-differs-from-change', about, young: false });
  }
  for (const row of rows) {
    // What has happened since the items were read is not judged by them.
    const known = row.version === undefined || row.version <= (versions.get(itemOf(row)) ?? 0);
    const later = (row.happenedAt ?? row.at) >= new Date(readAt.getTime() - SETTLES_WITHIN).toISOString();
    if (!known && !later) findings.push(inRow('row-without-change', row.sequence));
  }
  return findings;
}

/** What follows from an item, whatever was before its last change. */
const TOLD = [
  'subjectType',
  'subject',
  'version',
  'readingId',
  'actor',
  'role',
  'institutionId',
  'correlationId',
] as const;

/** @param due as if there had been nothing before: `after` has the whole state, of which the row has what has changed */
function tells(row: AuditRow, due: AuditEntry): boolean {
  // Whether the sealed fields are the same, only who has the key can tell.
  const { confidential: _, ...after } = row.after ?? {};
  return (
    TOLD.every((member) => row[member] === due[member]) &&
    (row.happenedAt ?? row.at) === due.at &&
    Object.keys(after).every((field) => canonical(after[field]) === canonical(due.after?.[field]))
  );
}

/**
 * What is wrong with the anchors themselves, and where they say that chains stood.
 * @param stored as they are in the bucket, in the order of their days
 */
export function readAnchors(stored: readonly StoredRow[]) {
  const heads = new Map<string, (Head & { readonly date: string })[]>();
  const unreadable: Finding[] = [];
  for (const [index, item] of stored.entries()) {
    const { data } = Anchor.safeParse(item);
    if (data === undefined) unreadable.push({ kind: 'unreadable', about: `anchor ${String(index + 1)}`, young: false });
    for (const head of data?.chains ?? []) {
      const known = heads.get(head.institutionId) ?? [];
      known.push({ ...head, date: data?.date ?? '' });
      heads.set(head.institutionId, known);
    }
  }
  const faults = faultsOfChain(stored).map(
    ({ kind, place }): Finding => ({ kind, about: `anchor ${String(place)}`, young: false }),
  );
  return { heads, findings: [...faults, ...unreadable] };
}
