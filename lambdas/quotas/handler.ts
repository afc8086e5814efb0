import { environment } from '../shared/environment.ts';
import { Cursors } from '../shared/http/cursor.ts';
import { created, ok, page } from '../shared/http/reply.ts';
import { on, serve } from '../shared/http/serve.ts';
import { act, getBooking } from './booking-operations.ts';
import { quotaRoutes as routes } from './contract.ts';
import { deployedPorts } from './deployed-ports.ts';
import { createGrant, type GrantWithAccount, getGrant, updateGrant } from './grant-operations.ts';
import { hold } from './hold.ts';
import { type ListPorts, listBookings, listGrants, listPoolGrants, listPools } from './lists.ts';
import { type Booking, type Pool, showBooking, showGrant, showPool } from './model.ts';
import { createPool, getPool, updatePool } from './pool-operations.ts';

const ports: ListPorts = { ...deployedPorts(), cursors: new Cursors(environment('CURSOR_SECRET')) };

const pool = (value: Pool) => ({ body: showPool(value), version: value.version });
const grant = ({ grant: value, account }: GrantWithAccount) => ({
  body: showGrant(value, account),
  version: value.version,
});
const booking = (value: Booking) => ({ body: showBooking(value, ports.now()), version: value.version });

/** The endpoint of an action on a booking that needs nothing but the booking. */
type PlainAction = 'confirm' | 'release' | 'arrive' | 'complete' | 'no-show';
type ActionRoute = (typeof routes)[`${'confirm' | 'release' | 'arrive' | 'complete' | 'noShow'}Booking`];
const actionOn = (route: ActionRoute, action: PlainAction) =>
  on(route, async ({ caller, params: { bookingId }, idempotencyKey, expectedVersion }) => {
    const { value, replayed } = await act(ports, { caller, route, bookingId, action, idempotencyKey, expectedVersion });
    return ok(booking(value), replayed);
  });

export const handler = serve(routes, [
  on(routes.createPool, async (request) => {
    const { value, replayed } = await createPool(ports, request);
    return created(`/v1/pools/${value.id}`, pool(value), replayed);
  }),
  on(routes.listPools, async ({ caller, query: { institutionId, ...paging } }) => {
    const { items, next } = await listPools(ports, { caller, route: routes.listPools, ...paging }, institutionId);
    return page(items.map(showPool), next);
  }),
  on(routes.getPool, async ({ caller, params: { poolId } }) =>
    ok(pool(await getPool(ports, caller, routes.getPool, poolId))),
  ),
  on(routes.updatePool, async ({ params: { poolId }, ...request }) =>
    ok(pool(await updatePool(ports, { ...request, poolId }))),
  ),
  on(routes.createGrant, async ({ params: { poolId }, ...request }) => {
    const { value, replayed } = await createGrant(ports, { ...request, poolId });
    return created(`/v1/grants/${value.grant.id}`, grant(value), replayed);
  }),
  on(routes.listPoolGrants, async ({ caller, params: { poolId }, query }) => {
    const { items, next } = await listPoolGrants(ports, { caller, route: routes.listPoolGrants, ...query }, poolId);
    return page(
      items.map(({ grant: value, account }) => showGrant(value, account)),
      next,
    );
  }),
  on(routes.listGrants, async ({ caller, query: { institutionId, ...paging } }) => {
    const { items, next } = await listGrants(ports, { caller, route: routes.listGrants, ...paging }, institutionId);
    return page(
      items.map(({ grant: value, account }) => showGrant(value, account)),
      next,
    );
  }),
  on(routes.getGrant, async ({ caller, params: { grantId } }) =>
    ok(grant(await getGrant(ports, caller, routes.getGrant, grantId))),
  ),
  on(routes.updateGrant, async ({ params: { grantId }, ...request }) =>
    ok(grant(await updateGrant(ports, { ...request, grantId }))),
  ),
  on(routes.holdBooking, async ({ params: { grantId }, ...request }) => {
    const { value, replayed } = await hold(ports, { ...request, grantId });
    return created(`/v1/bookings/${value.id}`, booking(value), replayed);
  }),
  on(routes.listBookings, async ({ caller, query: { institutionId, grantId, ...paging } }) => {
    const request = { caller, route: routes.listBookings, ...paging };
    const { items, next } = await listBookings(ports, request, { institutionId, grantId });
    return page(
      items.map((item) => showBooking(item, ports.now())),
      next,
    );
  }),
  on(routes.getBooking, async ({ caller, params: { bookingId } }) =>
    ok(booking(await getBooking(ports, caller, routes.getBooking, bookingId))),
  ),
  actionOn(routes.confirmBooking, 'confirm'),
  actionOn(routes.releaseBooking, 'release'),
  on(routes.cancelBooking, async ({ caller, params: { bookingId }, body, idempotencyKey, expectedVersion }) => {
    const { value, replayed } = await act(ports, {
      caller,
      route: routes.cancelBooking,
      bookingId,
      action: 'cancel',
      cancellationReason: body.reason,
      idempotencyKey,
      expectedVersion,
    });
    return ok(booking(value), replayed);
  }),
  actionOn(routes.arriveBooking, 'arrive'),
  actionOn(routes.completeBooking, 'complete'),
  actionOn(routes.noShowBooking, 'no-show'),
]);
