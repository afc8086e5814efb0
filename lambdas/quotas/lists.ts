import type { Cursors } from '../shared/http/cursor.ts';
import { institutionOf, type Page, type PageRequest, pageOfIds } from '../shared/http/pages.ts';
import type { AccountingPorts } from './accounting-ports.ts';
import { type GrantWithAccount, getGrant } from './grant-operations.ts';
import type { GrantListing } from './keys.ts';
import type { Booking, Pool } from './model.ts';
import { getPool } from './pool-operations.ts';
import type { Ports } from './ports.ts';
import { recordReading } from './readings.ts';

/** Lists. Each is read from its own partition: what other partners have costs nothing here. */

export interface ListPorts extends Ports {
  readonly cursors: Cursors;
}

export type AccountingListPorts = ListPorts & AccountingPorts;

/** How many grants one page of bookings looks into, so that a page has a bounded cost. */
const GRANTS_PER_PAGE = 25;

export async function listPools(ports: ListPorts, request: PageRequest, institutionId?: string): Promise<Page<Pool>> {
  const institution = institutionOf(request, institutionId);
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
  return pageOfGrants(ports, request, { institutionId: institutionOf(request, institutionId) });
}

export async function listPoolGrants(
  ports: ListPorts,
  request: PageRequest,
  poolId: string,
): Promise<Page<GrantWithAccount>> {
  const { providerId } = await getPool(ports, request.permission, poolId);
  return pageOfGrants(ports, request, { institutionId: providerId, poolId });
}

/** Bookings of one grant, in the order of their ids. */
async function listBookingsOfGrant(ports: ListPorts, request: PageRequest, grantId: string): Promise<Page<Booking>> {
  const list = `bookings-of:${grantId}`;
  const after = request.cursor === undefined ? undefined : ports.cursors.read(list, request.cursor);
  const { bookings, next } = await ports.quotas.listBookings(grantId, request.limit, after);
  return { items: bookings, next: next === undefined ? undefined : ports.cursors.write(list, next) };
}

/** Where a list of an institution's bookings stands: within a grant, and which grants came before it. */
interface BookingsPosition {
  /** Position of the last grant that is done. */
  readonly before: string;
  /** The grant that is not done yet, and the last of its bookings that were shown. */
  readonly grantId: string;
  readonly after: string;
}

function readPosition(text: string): BookingsPosition {
  const [before = '', grantId = '', after = ''] = text.split('|');
  return { before, grantId, after };
}

/** A page of a grant's bookings, and where the next one begins. */
type ReadBookings = (
  grantId: string,
  limit: number,
  after?: string,
) => Promise<{ readonly bookings: readonly Booking[]; readonly next: string | undefined }>;

/** Bookings of the grants of a listing, grant by grant. */
async function listAcrossGrants(
  { quotas, cursors }: ListPorts,
  list: string,
  { limit, cursor }: PageRequest,
  listing: GrantListing,
  read: ReadBookings,
): Promise<Page<Booking>> {
  let position = readPosition(cursor === undefined ? '' : cursors.read(list, cursor));
  const grants = await quotas.listGrants(listing, GRANTS_PER_PAGE, position.before || undefined);
  const items: Booking[] = [];
  let open = grants.next !== undefined;
  for (const [index, entry] of grants.entries.entries()) {
    const after = entry.id === position.grantId ? position.after : undefined;
    const { bookings, next } = await read(entry.id, limit - items.length, after);
    items.push(...bookings);
    if (next !== undefined) position = { ...position, grantId: entry.id, after: next };
    else position = { before: entry.position, grantId: '', after: '' };
    if (items.length >= limit) {
      open ||= next !== undefined || index < grants.entries.length - 1;
      break;
    }
  }
  const { before, grantId, after } = position;
  return { items, next: open ? cursors.write(list, [before, grantId, after].join('|')) : undefined };
}

/** Bookings of an institution, or of one grant. */
export async function listBookings(
  ports: ListPorts,
  request: PageRequest,
  { institutionId, grantId }: { readonly institutionId?: string | undefined; readonly grantId?: string | undefined },
): Promise<Page<Booking>> {
  const { permission } = request;
  if (grantId === undefined) {
    const institution = institutionOf(request, institutionId);
    const listing = { institutionId: institution };
    const page = await listAcrossGrants(ports, `bookings:${institution}`, request, listing, (...asked) =>
      ports.quotas.listBookings(...asked),
    );
    await recordReading(ports, permission, { subjectType: 'institution', subject: institution }, page.items);
    return page;
  }
  await getGrant(ports, permission, grantId);
  const page = await listBookingsOfGrant(ports, request, grantId);
  await recordReading(ports, permission, { subjectType: 'grant', subject: grantId }, page.items);
  return page;
}

/** Who waits for the courses of a pool. */
export async function listPoolWaitlist(ports: ListPorts, request: PageRequest, poolId: string): Promise<Page<Booking>> {
  const { providerId } = await getPool(ports, request.permission, poolId);
  const listing = { institutionId: providerId, poolId };
  const page = await listAcrossGrants(ports, `waitlist:${poolId}`, request, listing, (...asked) =>
    ports.quotas.listWaiting(...asked),
  );
  await recordReading(ports, request.permission, { subjectType: 'pool', subject: poolId }, page.items);
  return page;
}
