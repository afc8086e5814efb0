import type { Cursors } from '../shared/http/cursor.ts';
import { Problem } from '../shared/http/problem.ts';
import { NotFound } from '../shared/http/problems.ts';
import type { InstitutionsTable } from './institutions-table.ts';
import type { Institution } from './model.ts';

export interface Ports {
  readonly institutions: InstitutionsTable;
  readonly now: () => Date;
}

/** @throws Problem `not-found` */
export async function getInstitution({ institutions }: Ports, institutionId: string): Promise<Institution> {
  const institution = await institutions.get(institutionId);
  if (institution === undefined) throw new Problem(NotFound, 'There is no such institution.');
  return institution;
}

const LIST = 'institutions';

/** @throws Problem `invalid-cursor` */
export async function listInstitutions(
  { institutions, cursors }: Ports & { readonly cursors: Cursors },
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<{ items: readonly Institution[]; next: string | undefined }> {
  const after = cursor === undefined ? undefined : cursors.read(LIST, cursor);
  const page = await institutions.list(limit, after);
  return { items: page.institutions, next: page.next === undefined ? undefined : cursors.write(LIST, page.next) };
}

/** An institution as an admin registers it. */
export type Registration = Omit<Institution, 'status' | 'createdAt' | 'updatedAt' | 'version'>;

/**
 * Registers institutions as active partners. Those that are registered already stay as they are.
 * @returns how many were new
 */
export async function registerInstitutions(
  { institutions, now }: Ports,
  registrations: readonly Registration[],
): Promise<number> {
  const at = now().toISOString();
  const put = await Promise.all(
    registrations.map((registration) =>
      institutions.put({ ...registration, status: 'active', createdAt: at, updatedAt: at, version: 1 }),
    ),
  );
  return put.filter(Boolean).length;
}
