import { notFound, type Permission } from '../shared/auth/access.ts';
import { type Account, everySegment, planResize, type SegmentChange, totals } from '../shared/capacity/account.ts';
import { promote } from '../shared/capacity/line.ts';
import { creationOf } from '../shared/http/creation.ts';
import { busy, deedOf, MAX_ATTEMPTS, type Outcome, once, refusalOf } from '../shared/http/once.ts';
import { type Page, type PageRequest, pageOfIds } from '../shared/http/pages.ts';
import { Problem } from '../shared/http/problem.ts';
import { refuseStale } from '../shared/http/versions.ts';
import { applicationsAsClaims } from './applications-as-claims.ts';
import type { CohortBody, CohortChange } from './cohort-contract.ts';
import { type Cohort, type CohortWithAccount, changedCohort, keptSeats, namedIn, newCohort } from './cohort-model.ts';
import { SeatsBelowAccepted } from './errors.ts';
import { accountKey } from './keys.ts';
import type { ListPorts, Ports } from './ports.ts';
import { type Programme, relationsTo } from './programme-model.ts';
import { getProgramme, readProgramme } from './programme-operations.ts';
import { withoutRepetition } from './programmes-table.ts';

/** Holding programmes: cohorts and their seats. */

/** A cohort, whoever asks. @throws Problem `not-found` */
async function readCohort({ cohorts }: Ports, cohortId: string): Promise<CohortWithAccount> {
  const found = await cohorts.getWithAccount(cohortId);
  if (found === undefined) throw notFound();
  return found;
}

/** A cohort with its programme, as far as the caller may see them. */
export interface CohortInProgramme extends CohortWithAccount {
  readonly programme: Programme;
}

/** @throws Problem `not-found`, also for what the caller may not see; `role-not-permitted` */
export async function getCohort(ports: Ports, permission: Permission, cohortId: string): Promise<CohortInProgramme> {
  const found = await readCohort(ports, cohortId);
  const programme = await readProgramme(ports, found.cohort.programmeId);
  const { partners } = programme;
  permission.require(...relationsTo({ ...found.cohort, partners }, permission.caller.institutionId));
  return { ...found, programme };
}

export interface CohortCreation {
  readonly permission: Permission;
  readonly programmeId: string;
  readonly body: CohortBody;
  readonly idempotencyKey: string;
}

/**
 * Drafts a cohort with its seats.
 * @throws Problem `not-found`, `role-not-permitted`, `programme-state-conflict`, `impossible-dates`, `seats-do-not-add-up`,
 *   `institution-not-active`, `named-institution-not-active`, `idempotency-key-reused`, `busy`
 */
export async function createCohort(ports: Ports, request: CohortCreation): Promise<Outcome<CohortWithAccount>> {
  const { permission, programmeId, body } = request;
  const programme = await getProgramme(ports, permission, programmeId);
  return once(permission, {
    what: 'cohort',
    creation: () => creationOf(ports, request, ['createCohort', programmeId], ports.newId()),
    findEarlier: (creation) => ports.programmes.findEarlier(creation),
    read: (id) => readCohort(ports, id),
    write: async (creation) => {
      const cohort = newCohort(creation.resourceId, programme, body, deedOf(ports, permission));
      const segments = planResize([], cohort.seats.total, keptSeats(cohort)) ?? [];
      const active = withoutRepetition([cohort.hostId, ...namedIn(cohort)]);
      return { outcome: await ports.cohorts.create(creation, cohort, segments, active) };
    },
  });
}

export interface CohortUpdate {
  readonly permission: Permission;
  readonly cohortId: string;
  readonly body: CohortChange;
  readonly expectedVersion: number;
}

/**
 * Changes, publishes or cancels a cohort, in one transaction over it and its account; more seats go to who waits.
 * @throws Problem `not-found`, `role-not-permitted`, `stale-version`, `cohort-state-conflict`, `programme-state-conflict`,
 *   `impossible-dates`, `invitation-missing`, `seats-do-not-add-up`, `seats-below-accepted`, `named-institution-not-active`, `busy`
 */
export async function updateCohort(ports: Ports, request: CohortUpdate): Promise<CohortWithAccount> {
  const { permission, cohortId, body, expectedVersion } = request;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const { cohort, account, programme } = await getCohort(ports, permission, cohortId);
    refuseStale('cohort', cohort, expectedVersion);
    // A query is no snapshot: a segment can be shown as it was before a change of its cohort.
    if (totals(account).entitled !== cohort.seats.total) continue;
    const next = changedCohort(cohort, programme, body, deedOf(ports, permission));
    const isPublished = next.status !== cohort.status && next.status === 'published';
    const joining = [...namedIn(next)].filter((id) => !namedIn(cohort).has(id));
    const outcome = await ports.cohorts.change(next, changesOf(account, next), isPublished, joining);
    if (outcome.kind === 'done') {
      await promote(applicationsAsClaims(ports), accountKey(cohortId));
      return readCohort(ports, cohortId);
    }
    // Otherwise the cohort or its account moved on meanwhile: look again.
    if (outcome.kind !== 'moved-on') throw refusalOf(outcome, permission);
  }
  throw busy('cohort');
}

/** The segments a change has to write; all of them, once nobody is taken any more. @throws Problem `seats-below-accepted` */
function changesOf(account: Account, cohort: Cohort): SegmentChange[] {
  const changes = planResize(account, cohort.seats.total, keptSeats(cohort));
  if (changes === undefined) {
    throw new Problem(SeatsBelowAccepted, 'More are accepted than there would be seats for.', {
      committed: totals(account).committed,
    });
  }
  return cohort.status === 'cancelled' ? everySegment(account, changes) : changes;
}

/** The cohorts of a programme, oldest first. @throws Problem `not-found`, `role-not-permitted`, `invalid-cursor` */
export async function listCohorts(
  ports: ListPorts,
  request: PageRequest,
  programmeId: string,
): Promise<Page<CohortWithAccount>> {
  const { permission } = request;
  const { hostId } = await getProgramme(ports, permission, programmeId);
  const seesDrafts = hostId === permission.caller.institutionId;
  return pageOfIds(
    ports,
    `cohorts:${programmeId}:${String(seesDrafts)}`,
    request,
    (limit, after) => ports.cohorts.list(programmeId, seesDrafts, limit, after),
    (id) => ports.cohorts.getWithAccount(id),
  );
}
