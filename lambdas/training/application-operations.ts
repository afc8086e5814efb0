import type * as z from 'zod/mini';

import { notFound, type Permission } from '../shared/auth/access.ts';
import type { Relation } from '../shared/auth/vocabulary.ts';
import { deriveId } from '../shared/capacity/holder.ts';
import { creationOf } from '../shared/http/creation.ts';
import { requestId } from '../shared/http/idempotency.ts';
import { deedOf, type Outcome, once } from '../shared/http/once.ts';
import { type Page, type PageRequest, pageOfIds } from '../shared/http/pages.ts';
import { Problem } from '../shared/http/problem.ts';
import type { applicationRoutes } from './application-contract.ts';
import { type Application, isGivenUp, newApplication, placeOf } from './application-model.ts';
import type { Submission } from './applications-table.ts';
import { requireInvitation, requireWindow } from './cohort-model.ts';
import { getCohort } from './cohort-operations.ts';
import { AlreadyApplied } from './errors.ts';
import { accountKey } from './keys.ts';
import type { ListPorts, Ports } from './ports.ts';
import { requirePrerequisites } from './programme-model.ts';
import { readProgramme } from './programme-operations.ts';

/** Applying to cohorts, and reading applications. What becomes of them is in `decisions.ts`. */

/** How far the places ahead are counted. */
const MOST_COUNTED = 100;

/** An application, and whether it is shown to who decides about it. */
export interface Seen {
  readonly application: Application;
  readonly seesReviews: boolean;
}

/** How the caller stands to an application, or to what belongs to one. */
export async function relationsOf(
  ports: Ports,
  { hostId, institutionId, programmeId }: Pick<Application, 'hostId' | 'institutionId' | 'programmeId'>,
  caller: string,
): Promise<Relation[]> {
  const own: Relation[] = institutionId === caller ? ['applicant'] : [];
  if (hostId === caller) return ['host', ...own];
  const { partners } = await readProgramme(ports, programmeId);
  const relations: Relation[] = partners.includes(caller) ? ['party', ...own] : own;
  return relations.length === 0 ? ['none'] : relations;
}

/** @throws Problem `not-found`, also for what the caller may not see; `role-not-permitted` */
export async function getApplication(ports: Ports, permission: Permission, applicationId: string): Promise<Seen> {
  const application = await ports.applications.get(applicationId);
  if (application === undefined) throw notFound();
  const relations = await relationsOf(ports, application, permission.caller.institutionId);
  permission.require(...relations);
  return { application, seesReviews: !relations.includes('applicant') || relations.includes('host') };
}

/** Its place in line while it waits, that of its group: 1 is the next. */
export async function positionOf(ports: Ports, { application }: Seen): Promise<number | undefined> {
  const { cohortId, group: [first = application.id] = [], status } = application;
  if (status !== 'waitlisted') return undefined;
  const waiting = first === application.id ? application : await ports.applications.get(first);
  const place = waiting && placeOf(waiting);
  if (place === undefined) return undefined;
  const ahead = await ports.cohorts.line.countAhead(accountKey(cohortId), place, '', MOST_COUNTED);
  return Math.min(ahead, MOST_COUNTED) + 1;
}

export interface ApplicationCreation {
  readonly permission: Permission;
  readonly cohortId: string;
  readonly body: z.output<typeof applicationRoutes.createApplication.body>;
  readonly idempotencyKey: string;
}

/**
 * Applies for one or several nominees of the caller's institution.
 * @returns the application, of a group that of its first nominee
 * @throws Problem `not-found`, `role-not-permitted`, `application-window-closed`, `not-invited`,
 *   `prerequisites-not-met`, `already-applied`, `institution-not-active`, `idempotency-key-reused`, `busy`
 */
export async function apply(ports: Ports, request: ApplicationCreation): Promise<Outcome<Application>> {
  const { permission, cohortId, body } = request;
  const { cohort, programme } = await getCohort(ports, permission, cohortId);
  const applications = newApplications(ports, request, cohort);
  const [first] = applications;
  if (first === undefined) throw new Error('An application is for nobody');
  return once(permission, {
    what: 'cohort',
    creation: () => creationOf(ports, request, ['createApplication', cohortId], first.id),
    findEarlier: (creation) => ports.applications.findEarlier(creation),
    read: (id) => readApplication(ports, id),
    write: async (creation) => {
      requireInvitation(cohort, permission.caller.institutionId);
      requireWindow(cohort, ports.now());
      requirePrerequisites(programme, body.nominees);
      const submissions = await Promise.all(applications.map((application) => submissionOf(ports, application)));
      return { value: first, outcome: await ports.applications.create(creation, cohortId, submissions) };
    },
  });
}

/** The ids are derived from the request: they lead to the cohort, and a repetition has the same. */
function newApplications(
  ports: Ports,
  { permission, cohortId, body, idempotencyKey }: ApplicationCreation,
  cohort: Parameters<typeof newApplication>[0],
): Application[] {
  const { by, institutionId, now } = deedOf(ports, permission);
  const request = requestId({ caller: permission.caller, target: ['createApplication', cohortId], idempotencyKey });
  const ids = body.nominees.map((_, index) => deriveId(cohortId, request, String(index)));
  const { motivation, documents } = body;
  const common = {
    ...{ institutionId, documents },
    ...(motivation === undefined ? {} : { motivation }),
    ...(ids.length === 1 ? {} : { group: ids }),
  };
  return body.nominees.flatMap((nominee, index) => {
    const id = ids[index];
    return id === undefined ? [] : [newApplication(cohort, { ...common, id, nominee }, by, now)];
  });
}

/** @throws Problem `already-applied` */
async function submissionOf({ applications }: Ports, application: Application): Promise<Submission> {
  const before = await applications.getNominee(application);
  const other = before === undefined ? undefined : await applications.get(before);
  if (other === undefined || isGivenUp(other)) return { application, before };
  throw new Problem(AlreadyApplied, 'There is an application for this nominee.', { applicationId: other.id });
}

async function readApplication({ applications }: Ports, applicationId: string): Promise<Application> {
  const application = await applications.get(applicationId);
  if (application === undefined) throw notFound();
  return application;
}

/** Applications to a cohort: all for who decides, their own for others. @throws Problem `not-found`, `invalid-cursor` */
export async function listApplications(ports: ListPorts, request: PageRequest, cohortId: string): Promise<Page<Seen>> {
  const { permission, limit, cursor } = request;
  const { institutionId, roles } = permission.caller;
  const { cohort, programme } = await getCohort(ports, permission, cohortId);
  const decides = cohort.hostId === institutionId || programme.partners.includes(institutionId);
  if (!decides && !roles.some((role) => role === 'hub-admin' || role === 'auditor')) {
    const list = `applications:${cohortId}:${institutionId}`;
    const page = await pageOfIds(
      ports,
      list,
      request,
      (most, after) => ports.applications.listBy(institutionId, cohortId, most, after),
      (id) => ports.applications.get(id, { consistent: false }),
    );
    return { ...page, items: page.items.map((application) => ({ application, seesReviews: false })) };
  }
  const list = `applications:${cohortId}`;
  const after = cursor === undefined ? undefined : ports.cursors.read(list, cursor);
  const { applications, next } = await ports.applications.listOf(cohortId, limit, after);
  return {
    items: applications.map((application) => ({ application, seesReviews: true })),
    next: next === undefined ? undefined : ports.cursors.write(list, next),
  };
}
