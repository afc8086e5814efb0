import type { Outcome } from '../shared/http/once.ts';
import { created, ok, page } from '../shared/http/reply.ts';
import { on } from '../shared/http/serve.ts';
import { changeRegistration } from './change-registration.ts';
import type { ListPorts } from './ports.ts';
import { register } from './register.ts';
import { approve, checkIn, checkInAll, takeStep } from './registration-actions.ts';
import { registrationRoutes as routes } from './registration-contract.ts';
import { type Registration, showRegistration } from './registration-model.ts';
import { getNeeds, getRegistration, listRegistrations, positionOf } from './registration-operations.ts';

/** How the operations on registrations are called and answered. */
export function registrationEndpoints(ports: ListPorts) {
  const shown = (value: Registration) => ({ body: showRegistration(value, ports.now()), version: value.version });
  const acted = ({ value, replayed }: Outcome<Registration>) => ok(shown(value), replayed);
  return [
    on(routes.createRegistration, async ({ params, ...request }) => {
      const { value, replayed } = await register(ports, { ...request, ...params });
      return created(`/v1/registrations/${value.id}`, shown(value), replayed);
    }),
    on(routes.listRegistrations, async ({ permission, params: { eventId }, query }) => {
      const { items, next } = await listRegistrations(ports, { permission, ...query }, eventId);
      return page(
        items.map((item) => showRegistration(item, ports.now())),
        next,
      );
    }),
    on(routes.getRegistration, async ({ permission, params: { registrationId } }) => {
      const value = await getRegistration(ports, permission, registrationId);
      const body = showRegistration(value, ports.now(), await positionOf(ports, value));
      return ok({ body, version: value.version });
    }),
    on(routes.updateRegistration, async ({ params, ...request }) =>
      ok(shown(await changeRegistration(ports, { ...request, ...params }))),
    ),
    on(routes.getNeeds, async ({ permission, params: { registrationId } }) => ({
      body: await getNeeds(ports, permission, registrationId),
    })),
    on(routes.approveRegistration, async ({ params, ...request }) =>
      acted(await approve(ports, { ...request, ...params })),
    ),
    on(routes.declineRegistration, async ({ params, ...request }) =>
      acted(await takeStep(ports, { ...request, ...params }, 'declineRegistration', 'decline')),
    ),
    on(routes.confirmRegistration, async ({ params, ...request }) =>
      acted(await takeStep(ports, { ...request, ...params }, 'confirmRegistration', 'confirm')),
    ),
    on(routes.acceptRegistrationOffer, async ({ params, ...request }) =>
      acted(await takeStep(ports, { ...request, ...params }, 'acceptRegistrationOffer', 'accept-offer')),
    ),
    on(routes.declineRegistrationOffer, async ({ params, ...request }) =>
      acted(await takeStep(ports, { ...request, ...params }, 'declineRegistrationOffer', 'decline-offer')),
    ),
    on(routes.cancelRegistration, async ({ params, ...request }) =>
      acted(await takeStep(ports, { ...request, ...params }, 'cancelRegistration', 'cancel')),
    ),
    on(routes.checkInRegistration, async ({ params, ...request }) =>
      acted(await checkIn(ports, { ...request, ...params })),
    ),
    on(routes.checkInBatch, async ({ params, ...request }) => ({
      body: { results: await checkInAll(ports, { ...request, ...params }) },
    })),
  ];
}
