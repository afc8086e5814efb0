import type { Link } from '../shared/chain/chain.ts';
import type { AuditedChange, AuditedReading } from '../shared/chain/change.ts';
import type { AuditRow } from './contract.ts';

/** What the chains say of changes and readings, and whose chains they are. Pure. */

/** A row without its place in the chain; `place` says only which chain. */
export type AuditEntry = Omit<AuditRow, keyof Link>;

const chainOf = (institutionId: string): string => `${institutionId}#`;

/** A change as each chain that it concerns tells it: those of whose it is, and that of who made it. */
export function entriesOfChange({ concerns, by, ...told }: AuditedChange): ReadonlyMap<string, AuditEntry> {
  const { institutionId = [] } = by;
  const institutions = new Set([concerns, institutionId].flat());
  return new Map([...institutions].map((each) => [each, { place: chainOf(each), ...told, ...by }]));
}

/** A reading as the chain of each institution tells it whose bookings were shown. */
export function entriesOfReading({ shown, by, ...told }: AuditedReading): ReadonlyMap<string, AuditEntry> {
  return new Map(
    Object.entries(shown).map(([institutionId, ids]) => [
      institutionId,
      { place: chainOf(institutionId), action: 'read', ...told, ...by, shown: [...ids] },
    ]),
  );
}

/** Which change or reading a row tells of. */
export function sourceOf({ subjectType, subject, action, version, readingId, after }: AuditEntry): string {
  // A reminder is known by the deadline that it is about.
  const which = version ?? `${action} ${String(after?.['expiresAt'])}`;
  return readingId ?? `${subjectType} ${subject} ${String(which)}`;
}

/** @param sequence as a text of ten digits */
export function completed(entry: AuditEntry, last: AuditRow | undefined, sequence: string): AuditEntry {
  const late = last !== undefined && last.at > entry.at;
  return { ...entry, place: entry.place + sequence, ...(late ? { happenedAt: entry.at } : {}) };
}
