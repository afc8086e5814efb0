import type { AuditRow } from '../../lambdas/audit/contract.ts';
import { type AuditEntry, completed } from '../../lambdas/audit/model.ts';
import { linked, sequenceText } from '../../lambdas/shared/chain/chain.ts';

/** Chains of the audit, made without a database. */

export const CHAIN = '019a8f3e-7c00-7a11-8000-0000000000c1';
const START = Date.parse('2026-01-01T00:00:00Z');

/** A change of one of a hundred bookings. */
export function anEntry(step: number): AuditEntry {
  return {
    place: `${CHAIN}#`,
    subjectType: 'booking',
    subject: `019a8f3e-7c00-7a11-8000-${String(step % 100).padStart(12, '0')}`,
    action: 'confirm',
    version: Math.floor(step / 100) + 1,
    at: new Date(START + step * 1000).toISOString(),
    actor: 'somebody',
    role: 'coordinator',
    institutionId: CHAIN,
    correlationId: '019a8f3e-7c00-7a11-8000-0000000000c2',
    before: { status: 'held' },
    after: { status: 'booked' },
  };
}

export function behind(entry: AuditEntry, last: AuditRow | undefined): AuditRow {
  return linked(completed(entry, last, sequenceText((last?.sequence ?? 0) + 1)), last);
}

export function aChain(entries: readonly AuditEntry[]): AuditRow[] {
  const rows: AuditRow[] = [];
  for (const entry of entries) rows.push(behind(entry, rows.at(-1)));
  return rows;
}
