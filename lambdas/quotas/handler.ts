import { guardsOn } from '../shared/auth/guards-on.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { environment } from '../shared/environment.ts';
import { Cursors } from '../shared/http/cursor.ts';
import { created, ok, page } from '../shared/http/reply.ts';
import { on, serve } from '../shared/http/serve.ts';
import { type ActionOfClients, act } from './booking-operations.ts';
import { capacityRoutes as routes } from './capacity-contract.ts';
import { createGrant, type GrantWithAccount, getGrant, updateGrant } from './grant-operations.ts';
import { hold } from './hold.ts';
import { type ListPorts, listBookings, listGrants, listPoolGrants, listPools, listPoolWaitlist } from './lists.ts';
import { type Booking, type Pool, showBooking, showGrant, showPool } from './model.ts';
import { createPool, getPool, updatePool } from './pool-operations.ts';
import { portsOn } from './ports.ts';
import { getBookingInLine } from './waitlist-operations.ts';

const table = deployedTable();
const ports: ListPorts = { ...portsOn(table), cursors: new Cursors(environment('CURSOR_SECRET')) };

const pool = (value: Pool) => ({ body: showPool(value), version: value.version });
const grant = ({ grant: value, account }: GrantWithAccount) => ({
  body: showGrant(value, account),
  version: value.version,
});
const booking = (value: Booking, position?: number) => ({
  body: showBooking(value, ports.now(), position),
  version: value.version,
});

/** The endpoint of an action on a booking. */
type ActionRoute = (typeof routes)[
  | `${'confirm' | 'release' | 'cancel' | 'arrive' | 'complete' | 'noShow' | 'withdraw'}Booking`
  | 'acceptOffer'
  | 'declineOffer'
  | 'setPriority'];
const actionOn = (route: ActionRoute, action: ActionOfClients) =>
  on(route, async ({ params: { bookingId }, ...request }) => {
    const { value, replayed } = await act(ports, { ...request, bookingId, action });
    return ok(booking(value), replayed);
  });

export const handler = serve(routes, guardsOn(table), [
  on(routes.createPool, async (request) => {
    const { value, replayed } = await createPool(ports, request);
    return created(`/v1/pools/${value.id}`, pool(value), replayed);
  }),
  on(routes.listPools, async ({ permission, query: { institutionId, ...paging } }) => {
    const { items, next } = await listPools(ports, { permission, ...paging }, institutionId);
    return page(items.map(showPool), next);
  }),
  on(routes.getPool, async ({ permission, params: { poolId } }) => ok(pool(await getPool(ports, permission, poolId)))),
  on(routes.updatePool, async ({ params: { poolId }, ...request }) =>
    ok(pool(await updatePool(ports, { ...request, poolId }))),
  ),
  on(routes.createGrant, async ({ params: { poolId }, ...request }) => {
    const { value, replayed } = await createGrant(ports, { ...request, poolId });
    return created(`/v1/grants/${value.grant.id}`, grant(value), replayed);
  }),
  on(routes.listPoolGrants, async ({ permission, params: { poolId }, query }) => {
    const { items, next } = await listPoolGrants(ports, { permission, ...query }, poolId);
    return page(
      items.map(({ grant: value, account }) => showGrant(value, account)),
      next,
    );
  }),
  on(routes.listGrants, async ({ permission, query: { institutionId, ...paging } }) => {
    const { items, next } = await listGrants(ports, { permission, ...paging }, institutionId);
    return page(
      items.map(({ grant: value, account }) => showGrant(value, account)),
      next,
    );
  }),
  on(routes.getGrant, async ({ permission, params: { grantId } }) =>
    ok(grant(await getGrant(ports, permission, grantId))),
  ),
  on(routes.updateGrant, async ({ params: { grantId }, ...request }) =>
    ok(grant(await updateGrant(ports, { ...request, grantId }))),
  ),
  on(routes.holdBooking, async ({ params: { grantId }, ...request }) => {
    const { value, replayed } = await hold(ports, { ...request, grantId });
    return created(`/v1/bookings/${value.id}`, booking(value), replayed);
  }),
  on(routes.listBookings, async ({ permission, query: { institutionId, grantId, ...paging } }) => {
    const request = { permission, ...paging };
    const { items, next } = await listBookings(ports, request, { institutionId, grantId });
    return page(
      items.map((item) => showBooking(item, ports.now())),
      next,
    );
  }),
  on(routes.getBooking, async ({ permission, params: { bookingId } }) => {
    const { booking: value, position } = await getBookingInLine(ports, permission, bookingId);
    return ok(booking(value, position));
  }),
  actionOn(routes.confirmBooking, 'confirm'),
  actionOn(routes.releaseBooking, 'release'),
  actionOn(routes.cancelBooking, 'cancel'),
  actionOn(routes.arriveBooking, 'arrive'),
  actionOn(routes.completeBooking, 'complete'),
  actionOn(routes.noShowBooking, 'no-show'),
  actionOn(routes.acceptOffer, 'accept-offer'),
  actionOn(routes.declineOffer, 'decline-offer'),
  actionOn(routes.withdrawBooking, 'withdraw'),
  actionOn(routes.setPriority, 'set-priority'),
  on(routes.listPoolWaitlist, async ({ permission, params: { poolId }, query }) => {
    const { items, next } = await listPoolWaitlist(ports, { permission, ...query }, poolId);
    return page(
      items.map((item) => showBooking(item, ports.now())),
      next,
    );
  }),
]);
