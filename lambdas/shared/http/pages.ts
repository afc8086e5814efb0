import type { Permission } from '../auth/access.ts';
import type { IdPage } from '../dynamo/single-table.ts';
import type { Cursors } from './cursor.ts';

/** What lists of all contexts have in common. */

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

export interface PageRequest {
  readonly permission: Permission;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The institution a list is about: the caller's, or another for those who see all. @throws Problem `not-found` */
export function institutionOf({ permission }: PageRequest, named: string | undefined): string {
  const own = permission.caller.institutionId;
  permission.require(named === undefined || named === own ? 'self' : 'none');
  return named ?? own;
}

/**
 * Reads one page of ids and what they stand for.
 * @param list what the cursors are good for @throws Problem `invalid-cursor`
 */
export async function pageOfIds<T>(
  { cursors }: { readonly cursors: Cursors },
  list: string,
  request: PageRequest,
  read: (limit: number, after?: string) => Promise<IdPage>,
  load: (id: string) => Promise<T | undefined>,
): Promise<Page<T>> {
  const after = request.cursor === undefined ? undefined : cursors.read(list, request.cursor);
  const { entries, next } = await read(request.limit, after);
  const loaded = await Promise.all(entries.map(({ id }) => load(id)));
  return {
    items: loaded.filter((item) => item !== undefined),
    next: next === undefined ? undefined : cursors.write(list, next),
  };
}
