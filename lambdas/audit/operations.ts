import type * as z from 'zod/mini';

import type { Permission } from '../shared/auth/access.ts';
import type { Cursors } from '../shared/http/cursor.ts';
import { institutionOf, type Page } from '../shared/http/pages.ts';
import type { AuditTable, RowListing } from './audit-table.ts';
import type { AuditRow, auditRoutes } from './contract.ts';

export interface Ports {
  readonly audit: AuditTable;
  readonly cursors: Cursors;
}

export type AuditRequest = z.output<typeof auditRoutes.listAudit.query> & { readonly permission: Permission };

/** One page of a chain, newest first. @throws Problem `not-found`, `role-not-permitted`, `invalid-cursor` */
export async function listAudit({ audit, cursors }: Ports, request: AuditRequest): Promise<Page<AuditRow>> {
  const { limit, cursor, subject, actor, from, to } = request;
  const institutionId = institutionOf(request, request.institutionId);
  const list = `audit:${JSON.stringify([institutionId, subject, actor, from, to])}`;
  const before = cursor === undefined ? undefined : Number(cursors.read(list, cursor));
  const last = before === undefined ? (await audit.last(institutionId))?.sequence : before - 1;
  if (last === undefined) return { items: [], next: undefined };
  const [lowest, highest] = await Promise.all([
    from === undefined ? 1 : firstSince(audit, institutionId, from, last),
    // The page before has looked for the end already.
    to === undefined || before !== undefined ? last : firstSince(audit, institutionId, to, last).then((row) => row - 1),
  ]);
  if (highest < lowest) return { items: [], next: undefined };
  const { rows, more } = await audit.listBack({ institutionId, lowest, highest, ...indexFor(subject, actor) }, limit);
  const end = rows.at(-1);
  return { items: rows, next: more && end !== undefined ? cursors.write(list, String(end.sequence)) : undefined };
}

function indexFor(subject: string | undefined, actor: string | undefined): Pick<RowListing, 'by'> {
  if (subject !== undefined) return { by: { index: 'BySubject', subject } };
  return actor === undefined ? {} : { by: { index: 'ByActor', actor } };
}

/**
 * The sequence of the first row whose `at` is an instant or later, by halves: along a chain `at` never goes back.
 * @param last the last row to look at @returns the one behind it when all are earlier
 */
async function firstSince(audit: AuditTable, institutionId: string, instant: string, last: number): Promise<number> {
  const since = new Date(instant).toISOString();
  let [low, high] = [1, last + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = await audit.row(institutionId, middle);
    if (row !== undefined && row.at < since) low = middle + 1;
    else high = middle;
  }
  return low;
}
