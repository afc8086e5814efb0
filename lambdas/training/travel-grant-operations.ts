import type * as z from 'zod/mini';

import { notFound, type Permission } from '../shared/auth/access.ts';
import type { Deed } from '../shared/auth/agent.ts';
import { creationOf } from '../shared/http/creation.ts';
import { deedOf, type Outcome, once } from '../shared/http/once.ts';
import { institutionOf, type Page, type PageRequest, pageOfIds } from '../shared/http/pages.ts';
import { Problem } from '../shared/http/problem.ts';
import { refuseStale } from '../shared/http/versions.ts';
import type { Application } from './application-model.ts';
import { relationsOf } from './application-operations.ts';
import { creationIn } from './budget-operations.ts';
import { getCohort } from './cohort-operations.ts';
import { BudgetUnknown, TravelGrantExists } from './funding-errors.ts';
import type { AsSeen } from './funding-table.ts';
import type { ListPorts, Ports } from './ports.ts';
import type { TravelGrantBody, travelGrantRoutes } from './travel-grant-contract.ts';
import {
  accepted,
  declined,
  disbursed,
  isOpen,
  newTravelGrant,
  offered,
  requireTraveller,
  type TravelGrant,
  type TravelGrantStep,
  withdrawn,
} from './travel-grant-model.ts';

/** Asking for money to travel, promising and paying it. */

async function readTravelGrant({ funding }: Ports, travelGrantId: string): Promise<TravelGrant> {
  const grant = await funding.get(travelGrantId);
  if (grant === undefined) throw notFound();
  return grant;
}

/** @throws Problem `not-found`, also for what the caller may not see; `role-not-permitted` */
export async function getTravelGrant(
  ports: Ports,
  permission: Permission,
  travelGrantId: string,
): Promise<TravelGrant> {
  const grant = await readTravelGrant(ports, travelGrantId);
  permission.require(...(await relationsOf(ports, grant, permission.caller.institutionId)));
  return grant;
}

export interface TravelGrantCreation {
  readonly permission: Permission;
  readonly body: TravelGrantBody;
  readonly idempotencyKey: string;
}

/**
 * @throws Problem `not-found`, `role-not-permitted`, `application-state-conflict`, `currencies-mixed`, `travel-grant-exists`,
 *   `institution-not-active`, `idempotency-key-reused`, `busy`
 */
export async function createTravelGrant(ports: Ports, request: TravelGrantCreation): Promise<Outcome<TravelGrant>> {
  const { permission, body } = request;
  return once(permission, {
    what: 'application',
    creation: () => creationIn(ports, request, ['createTravelGrant'], body.applicationId),
    findEarlier: (creation) => ports.applications.findEarlier(creation),
    read: (id) => getTravelGrant(ports, permission, id),
    write: async (creation) => {
      const application = await ports.applications.get(body.applicationId);
      if (application === undefined) throw notFound();
      permission.require(...(await relationsOf(ports, application, permission.caller.institutionId)));
      const value = newTravelGrant(creation.resourceId, application, body, deedOf(ports, permission));
      const before = await endedBefore(ports, application.id);
      return { value, outcome: await ports.funding.create(creation, value, application, before) };
    },
  });
}

/** The last travel grant for an application. @throws Problem `travel-grant-exists` while it has not ended */
async function endedBefore(ports: Ports, applicationId: string): Promise<string | undefined> {
  const id = await ports.funding.lastFor(applicationId);
  if (id === undefined) return undefined;
  const grant = await readTravelGrant(ports, id);
  // What was paid is not paid again.
  if (!isOpen(grant) && grant.status !== 'disbursed') return id;
  throw new Problem(TravelGrantExists, 'There is a travel grant for this application.', { travelGrantId: id });
}

export interface TravelGrantRequest<B = unknown> {
  readonly permission: Permission;
  readonly travelGrantId: string;
  readonly body: B;
  readonly idempotencyKey: string | undefined;
  readonly expectedVersion: number | undefined;
}

/** A step, and the application on which it depends as it was seen. */
interface Judged {
  readonly step: TravelGrantStep;
  readonly application?: AsSeen;
}

/**
 * Carries an action out: the grant and its budget in one transaction.
 * Repeating it with the same idempotency key changes nothing and answers with the grant as it is now.
 * @throws Problem `not-found`, `role-not-permitted`, `stale-version`, `idempotency-key-reused`, `busy`, what `judge` throws
 */
async function act(
  ports: Ports,
  request: TravelGrantRequest,
  operationId: string,
  judge: (grant: TravelGrant, deed: Deed) => Judged | Promise<Judged>,
): Promise<Outcome<TravelGrant>> {
  const { permission, travelGrantId, body, expectedVersion } = request;
  // Without a key of the client's the attempt still needs a name, to know its own write again after a lost reply.
  const idempotencyKey = request.idempotencyKey ?? ports.newId();
  return once(permission, {
    what: 'travel grant',
    creation: () =>
      creationOf(ports, { permission, body, idempotencyKey }, [operationId, travelGrantId], travelGrantId),
    findEarlier: (creation) => ports.applications.findEarlier(creation),
    read: (id) => getTravelGrant(ports, permission, id),
    write: async (creation) => {
      const grant = await getTravelGrant(ports, permission, travelGrantId);
      refuseStale('travel grant', grant, expectedVersion);
      const { step, application } = await judge(grant, deedOf(ports, permission));
      return { value: step.next, outcome: await ports.funding.change(creation, step, application) };
    },
  });
}

/** The application of who is to travel. @throws Problem `application-state-conflict` */
async function travellerOf({ applications, now }: Ports, { applicationId }: TravelGrant): Promise<Application> {
  const application = await applications.get(applicationId);
  if (application === undefined) throw new Error('A travel grant has no application');
  requireTraveller(application, now());
  return application;
}

type Done = Promise<Outcome<TravelGrant>>;
type Body<K extends 'offerTravelGrant' | 'disburseTravelGrant'> = z.output<(typeof travelGrantRoutes)[K]['body']>;

/** @throws Problem as `act`, `offered`; `budget-unknown`, `application-state-conflict` */
export function offer(ports: Ports, request: TravelGrantRequest<Body<'offerTravelGrant'>>): Done {
  const { budgetId, amount } = request.body;
  return act(ports, request, 'offerTravelGrant', async (grant, deed) => {
    const budget = await ports.funding.getBudget(budgetId);
    if (budget?.cohortId !== grant.cohortId) throw new Problem(BudgetUnknown, 'The cohort has no such budget.');
    return { step: offered(grant, budget, amount, deed), application: await travellerOf(ports, grant) };
  });
}

/** @throws Problem as `act`, `accepted`; `application-state-conflict` */
export function accept(ports: Ports, request: TravelGrantRequest): Done {
  return act(ports, request, 'acceptTravelGrant', async (grant, deed) => ({
    step: accepted(grant, deed),
    application: await travellerOf(ports, grant),
  }));
}

/** @throws Problem as `act`, `declined` */
export function decline(ports: Ports, request: TravelGrantRequest): Done {
  return act(ports, request, 'declineTravelGrant', (grant, deed) => ({ step: declined(grant, deed) }));
}

/** @throws Problem as `act`, `disbursed`; `application-state-conflict` */
export function disburse(ports: Ports, request: TravelGrantRequest<Body<'disburseTravelGrant'>>): Done {
  return act(ports, request, 'disburseTravelGrant', async (grant, deed) => ({
    step: disbursed(grant, request.body, deed),
    application: await travellerOf(ports, grant),
  }));
}

/** @throws Problem as `act`, `withdrawn` */
export function withdraw(ports: Ports, request: TravelGrantRequest): Done {
  return act(ports, request, 'withdrawTravelGrant', (grant, deed) => ({ step: withdrawn(grant, deed) }));
}

export interface TravelGrantListing extends PageRequest {
  readonly institutionId?: string | undefined;
  readonly cohortId?: string | undefined;
}

/** @throws Problem `not-found`, `role-not-permitted`, `invalid-cursor` */
export async function listTravelGrants(ports: ListPorts, request: TravelGrantListing): Promise<Page<TravelGrant>> {
  const { permission, cohortId, limit, cursor } = request;
  const institutionId = institutionOf(request, request.institutionId);
  if (cohortId !== undefined && request.institutionId === undefined) {
    const { institutionId: own, roles } = permission.caller;
    const { cohort, programme } = await getCohort(ports, permission, cohortId);
    const decides = cohort.hostId === own || programme.partners.includes(own);
    if (decides || roles.some((role) => role === 'hub-admin' || role === 'auditor')) {
      const list = `travel-grants:${cohortId}`;
      const after = cursor === undefined ? undefined : ports.cursors.read(list, cursor);
      const { items, next } = await ports.funding.list(cohortId, limit, after);
      return { items, next: next === undefined ? undefined : ports.cursors.write(list, next) };
    }
  }
  return pageOfIds(
    ports,
    `travel-grants:${institutionId}:${cohortId ?? ''}`,
    request,
    (most, after) => ports.funding.listBy(institutionId, cohortId, most, after),
    (id) => ports.funding.get(id),
  );
}
