import type { Outcome } from '../shared/http/once.ts';
import { created, ok, page } from '../shared/http/reply.ts';
import { on } from '../shared/http/serve.ts';
import { accept, changeAbstract, discuss, place, reject, review, withdraw } from './abstract-actions.ts';
import { abstractRoutes as routes } from './abstract-contract.ts';
import { type Reviewer, showAbstract } from './abstract-model.ts';
import {
  appointReviewer,
  getAbstract,
  getBook,
  listAbstracts,
  listReviewers,
  type SeenAbstract,
  submitAbstract,
} from './abstract-operations.ts';
import type { ListPorts } from './ports.ts';

/** Nothing is loaded, nothing runs. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

const shown = ({ abstract, viewer }: SeenAbstract) => ({
  body: showAbstract(abstract, viewer),
  version: abstract.version,
});
const acted = ({ value, replayed }: Outcome<SeenAbstract>) => ok(shown(value), replayed);
/** Who they are by their token, only the Hub needs to know. */
const reviewer = ({ subject: _, ...rest }: Reviewer) => rest;

/** How the operations on abstracts are called and answered. */
export function abstractEndpoints(ports: ListPorts) {
  return [
    on(routes.createAbstract, async ({ params, ...request }) => {
      const { value, replayed } = await submitAbstract(ports, { ...request, ...params });
      return created(`/v1/abstracts/${value.id}`, shown({ abstract: value, viewer: { is: 'applicant' } }), replayed);
    }),
    on(routes.listAbstracts, async ({ permission, params: { eventId }, query: { assigned, ...paging } }) => {
      const { items, next } = await listAbstracts(ports, { permission, ...paging }, eventId, assigned === 'true');
      return page(
        items.map((item) => shown(item).body),
        next,
      );
    }),
    on(routes.getAbstract, async ({ permission, params: { abstractId } }) =>
      ok(shown(await getAbstract(ports, permission, abstractId))),
    ),
    on(routes.getBookOfAbstracts, async ({ permission, params: { eventId } }) => ({
      body: await getBook(ports, permission, eventId),
      media: { type: 'text/html; charset=utf-8', contentSecurityPolicy: POLICY },
    })),
    on(routes.updateAbstract, async ({ params, ...request }) =>
      acted(await changeAbstract(ports, { ...request, ...params })),
    ),
    on(routes.reviewAbstract, async ({ params, ...request }) => acted(await review(ports, { ...request, ...params }))),
    on(routes.discussAbstract, async ({ params, ...request }) =>
      acted(await discuss(ports, { ...request, ...params })),
    ),
    on(routes.acceptAbstract, async ({ params, ...request }) => acted(await accept(ports, { ...request, ...params }))),
    on(routes.rejectAbstract, async ({ params, ...request }) => acted(await reject(ports, { ...request, ...params }))),
    on(routes.withdrawAbstract, async ({ params, ...request }) =>
      acted(await withdraw(ports, { ...request, ...params })),
    ),
    on(routes.placeAbstract, async ({ params, ...request }) => acted(await place(ports, { ...request, ...params }))),
    on(routes.appointReviewer, async ({ params, ...request }) => {
      const { value, replayed } = await appointReviewer(ports, { ...request, ...params });
      return { body: reviewer(value), location: `/v1/events/${value.eventId}/reviewers`, replayed };
    }),
    on(routes.listReviewers, async ({ permission, params: { eventId }, query }) => {
      const { items, next } = await listReviewers(ports, { permission, ...query }, eventId);
      return page(items.map(reviewer), next);
    }),
  ];
}
