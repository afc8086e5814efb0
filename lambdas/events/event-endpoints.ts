import { created, ok, page } from '../shared/http/reply.ts';
import { on } from '../shared/http/serve.ts';
import { eventRoutes as routes } from './event-contract.ts';
import { type EventWithAccounts, showEvent } from './event-model.ts';
import { cancelEvent, createEvent, getEventWithAccounts, listEvents, updateEvent } from './event-operations.ts';
import type { ListPorts } from './ports.ts';

/** How the operations on events are called and answered. */
export function eventEndpoints(ports: ListPorts) {
  const shown = ({ event, accounts }: EventWithAccounts) => ({
    body: showEvent(event, ports.now(), accounts),
    version: event.version,
  });
  return [
    on(routes.createEvent, async (request) => {
      const { value, replayed } = await createEvent(ports, request);
      return created(`/v1/events/${value.event.id}`, shown(value), replayed);
    }),
    on(routes.listEvents, async ({ permission, query: { view, from, ...paging } }) => {
      const { items, next } = await listEvents(ports, { permission, ...paging }, view, from);
      return page(
        items.map((event) => showEvent(event, ports.now())),
        next,
      );
    }),
    on(routes.getEvent, async ({ permission, params: { eventId } }) =>
      ok(shown(await getEventWithAccounts(ports, permission, eventId))),
    ),
    on(routes.updateEvent, async ({ params, ...request }) =>
      ok(shown(await updateEvent(ports, { ...request, ...params }))),
    ),
    on(routes.cancelEvent, async ({ params, ...request }) => {
      const { value, replayed } = await cancelEvent(ports, { ...request, ...params });
      return ok(shown(value), replayed);
    }),
  ];
}
