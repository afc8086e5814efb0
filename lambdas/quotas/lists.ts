import { authorize } from '../shared/auth/access.ts';
import type { Caller } from '../shared/auth/caller.ts';
import type { Cursors } from '../shared/http/cursor.ts';
import type { Route } from '../shared/http/route.ts';
import { quotaRoutes } from './contract.ts';
import { type GrantWithAccount, getGrant } from './grant-operations.ts';
import type { Booking, Pool } from './model.ts';
import { getPool } from './pool-operations.ts';
import type { Ports } from './ports.ts';
import type { GrantListing, IdPage } from './quotas-table.ts';

/** Lists. Each is read from its own partition: what other partners have costs nothing here. */

export interface ListPorts extends Ports {
  readonly cursors: Cursors;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

export interface PageRequest {
  readonly caller: Caller;
  readonly route: Route;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** How many grants one page of bookings looks into, so that a page has a bounded cost. */
const GRANTS_PER_PAGE = 25;

/** The institution a list is about: the caller's, or another for those who see all. @throws Problem `not-found` */
function subjectOf({ caller, route }: PageRequest, institutionId: string | undefined): string {
  const institution = institutionId ?? caller.institutionId;
  authorize(route.access, caller, [institution === caller.institutionId ? 'self' : 'none']);
  return institution;
}

/** Reads one page of ids and what they stand for. */
async function pageOfIds<T>(
  { cursors }: ListPorts,
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

export async function listPools(ports: ListPorts, request: PageRequest, institutionId?: string): Promise<Page<Pool>> {
  const institution = subjectOf(request, institutionId);
  return pageOfIds(
    ports,
    `pools:${institution}`,
    request,
    (limit, after) => ports.quotas.listPools(institution, limit, after),
    (id) => ports.quotas.getPool(id),
  );
}

function pageOfGrants(ports: ListPorts, request: PageRequest, listing: GrantListing): Promise<Page<GrantWithAccount>> {
  return pageOfIds(
    ports,
    `grants:${listing.institutionId}:${listing.poolId ?? ''}`,
    request,
    (limit, after) => ports.quotas.listGrants(listing, limit, after),
    (id) => ports.quotas.getGrant(id, { consistent: false }),
  );
}

export async function listGrants(
  ports: ListPorts,
  request: PageRequest,
  institutionId?: string,
): Promise<Page<GrantWithAccount>> {
  return pageOfGrants(ports, request, { institutionId: subjectOf(request, institutionId) });
}

export async function listPoolGrants(
  ports: ListPorts,
  request: PageRequest,
  poolId: string,
): Promise<Page<GrantWithAccount>> {
  const { providerId } = await getPool(ports, request.caller, request.route, poolId);
  return pageOfGrants(ports, request, { institutionId: providerId, poolId });
}

/** Bookings of one grant, in the order of their ids. */
async function listBookingsOfGrant(ports: ListPorts, request: PageRequest, grantId: string): Promise<Page<Booking>> {
  const list = `bookings-of:${grantId}`;
  const after = request.cursor === undefined ? undefined : ports.cursors.read(list, request.cursor);
  const { bookings, next } = await ports.quotas.listBookings(grantId, request.limit, after);
  return { items: bookings, next: next === undefined ? undefined : ports.cursors.write(list, next) };
}

/**
 * Bookings of an institution's grants, given and held, grant by grant.
 * The position is the grant's and, within it, the last booking's.
 */
async function listBookingsOfInstitution(
  { quotas, cursors }: ListPorts,
  request: PageRequest,
  institutionId: string,
): Promise<Page<Booking>> {
  const list = `bookings:${institutionId}`;
  const [grantPosition, bookingPosition] =
    request.cursor === undefined ? [] : cursors.read(list, request.cursor).split('|');
  const items: Booking[] = [];
  let before = grantPosition === '' ? undefined : grantPosition;
  let after = bookingPosition === '' ? undefined : bookingPosition;

  const grants = await quotas.listGrants({ institutionId }, GRANTS_PER_PAGE, before);
  for (const { id, position } of grants.entries) {
    const page = await quotas.listBookings(id, request.limit - items.length, after);
    items.push(...page.bookings);
    after = page.next;
    if (after === undefined) before = position;
    if (items.length >= request.limit) break;
  }
  const last = grants.entries.at(-1)?.position;
  const done = after === undefined && grants.next === undefined && (last === undefined || before === last);
  return { items, next: done ? undefined : cursors.write(list, `${before ?? ''}|${after ?? ''}`) };
}

export async function listBookings(
  ports: ListPorts,
  request: PageRequest,
  { institutionId, grantId }: { readonly institutionId?: string | undefined; readonly grantId?: string | undefined },
): Promise<Page<Booking>> {
  const institution = subjectOf(request, institutionId);
  if (grantId === undefined) return listBookingsOfInstitution(ports, request, institution);
  await getGrant(ports, request.caller, quotaRoutes.getGrant, grantId);
  return listBookingsOfGrant(ports, request, grantId);
}
