import { created, ok, page } from '../shared/http/reply.ts';
import { on } from '../shared/http/serve.ts';
import type { ListPorts } from './ports.ts';
import { sessionRoutes as routes } from './session-contract.ts';
import { type Session, showSession } from './session-model.ts';
import {
  cancelSession,
  createSession,
  getSession,
  getTimetable,
  listSessions,
  updateSession,
} from './session-operations.ts';

/** How the operations on the programme are called and answered. */
export function sessionEndpoints(ports: ListPorts) {
  const shown = (session: Session) => ({ body: showSession(session), version: session.version });
  return [
    on(routes.createSession, async ({ params, ...request }) => {
      const { value, replayed } = await createSession(ports, { ...request, ...params });
      return created(`/v1/events/${value.eventId}/sessions/${value.id}`, shown(value), replayed);
    }),
    on(routes.listSessions, async ({ permission, params: { eventId }, query }) => {
      const { items, next } = await listSessions(ports, { permission, ...query }, eventId);
      return page(items.map(showSession), next);
    }),
    on(routes.getTimetable, async ({ permission, params: { eventId } }) => ({
      body: await getTimetable(ports, permission, eventId),
    })),
    on(routes.getSession, async ({ permission, params: { eventId, sessionId } }) =>
      ok(shown((await getSession(ports, permission, eventId, sessionId)).session)),
    ),
    on(routes.updateSession, async ({ params, ...request }) =>
      ok(shown(await updateSession(ports, { ...request, ...params }))),
    ),
    on(routes.cancelSession, async ({ params, ...request }) =>
      ok(shown(await cancelSession(ports, { ...request, ...params }))),
    ),
  ];
}
