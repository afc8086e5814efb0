import { notFound, type Permission } from '../shared/auth/access.ts';
import type { Cursors } from '../shared/http/cursor.ts';
import type { Institution } from './model.ts';
import type { Ports } from './ports.ts';

/** @throws Problem `not-found`, `role-not-permitted` */
export async function getInstitution(
  { institutions }: Ports,
  permission: Permission,
  institutionId: string,
): Promise<Institution> {
  const institution = await institutions.get(institutionId);
  if (institution === undefined) throw notFound();
  permission.require('none');
  return institution;
}

const LIST = 'institutions';

/** @throws Problem `invalid-cursor`, `role-not-permitted` */
export async function listInstitutions(
  { institutions, cursors }: Ports & { readonly cursors: Cursors },
  permission: Permission,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<{ items: readonly Institution[]; next: string | undefined }> {
  permission.require('none');
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
