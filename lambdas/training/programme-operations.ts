import type * as z from 'zod/mini';

import { notFound, type Permission } from '../shared/auth/access.ts';
import { creationOf } from '../shared/http/creation.ts';
import { keyReused } from '../shared/http/idempotency.ts';
import { type Page, type PageRequest, pageOfIds } from '../shared/http/pages.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy, InstitutionNotActive } from '../shared/http/problems.ts';
import { refuseStale } from '../shared/http/versions.ts';
import { NamedInstitutionNotActive } from './errors.ts';
import type { ListPorts, Outcome, Ports } from './ports.ts';
import type { ProgrammeChange, programmeRoutes } from './programme-contract.ts';
import {
  changedProgramme,
  type Deed,
  newProgramme,
  type Programme,
  relationsTo,
  type Under,
  underAgreement,
} from './programme-model.ts';
import type { WriteOutcome } from './writes.ts';

/** Offering programmes. */

export const MAX_ATTEMPTS = 6;

export function deedOf({ now }: Ports, { agent, caller: { institutionId } }: Permission): Deed {
  return { by: agent, institutionId, now: now() };
}

/** A programme, whoever asks. @throws Problem `not-found` */
export async function readProgramme({ programmes }: Ports, programmeId: string): Promise<Programme> {
  const programme = await programmes.get(programmeId);
  if (programme === undefined) throw notFound();
  return programme;
}

/** @throws Problem `not-found`, also for what the caller may not see; `role-not-permitted` */
export async function getProgramme(ports: Ports, permission: Permission, programmeId: string): Promise<Programme> {
  const programme = await readProgramme(ports, programmeId);
  permission.require(...relationsTo(programme, permission.caller.institutionId));
  return programme;
}

export interface ProgrammeCreation {
  readonly permission: Permission;
  readonly body: z.output<typeof programmeRoutes.createProgramme.body>;
  readonly idempotencyKey: string;
}

/**
 * Drafts a programme of the caller's institution.
 * @throws Problem `role-not-permitted`, `institution-not-active`, `named-institution-not-active`, `agreement-not-usable`,
 *   `idempotency-key-reused`, `busy`
 */
export async function createProgramme(ports: Ports, request: ProgrammeCreation): Promise<Outcome<Programme>> {
  const { permission, body } = request;
  permission.require('self');
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const id = ports.newId();
    const creation = creationOf(ports, request, ['createProgramme'], id);
    const earlier = await ports.programmes.findEarlier(creation);
    if (earlier !== undefined) return { value: await madeEarlier(ports, earlier), replayed: true };
    const under = await agreementFor(ports, permission.caller.institutionId, body);
    const programme = newProgramme(id, body, deedOf(ports, permission), under);
    const outcome = await ports.programmes.create(creation, programme, under?.seen);
    if (outcome.kind === 'done') return { value: programme, replayed: false };
    if (outcome.kind === 'replayed') return { value: await readProgramme(ports, outcome.resourceId), replayed: true };
    // Otherwise its agreement was changed meanwhile.
    if (outcome.kind !== 'moved-on') throw refusalOf(outcome, permission);
  }
  throw busy('programme');
}

async function madeEarlier(ports: Ports, earlier: Extract<WriteOutcome, { kind: 'replayed' | 'key-reused' }>) {
  if (earlier.kind === 'key-reused') throw keyReused();
  return readProgramme(ports, earlier.resourceId);
}

async function agreementFor(
  { programmes, now }: Ports,
  hostId: string,
  { agreementId, kind }: ProgrammeCreation['body'],
): Promise<Under | undefined> {
  if (agreementId === undefined) return undefined;
  const under = underAgreement(await programmes.getAgreement(agreementId), hostId, kind, now());
  if (under instanceof Problem) throw under;
  return under;
}

export interface ProgrammeUpdate {
  readonly permission: Permission;
  readonly programmeId: string;
  readonly body: ProgrammeChange;
  readonly expectedVersion: number;
}

/** @throws Problem `not-found`, `role-not-permitted`, `stale-version`, `programme-state-conflict`, `named-institution-not-active` */
export async function updateProgramme(ports: Ports, request: ProgrammeUpdate): Promise<Programme> {
  const { permission, programmeId, body, expectedVersion } = request;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const programme = await getProgramme(ports, permission, programmeId);
    refuseStale('programme', programme, expectedVersion);
    const next = changedProgramme(programme, body, deedOf(ports, permission));
    const isPublished = next.status !== programme.status && next.status === 'published';
    const joining = next.partners.filter((partner) => !programme.partners.includes(partner));
    const outcome = await ports.programmes.change(next, isPublished, joining);
    if (outcome.kind === 'done') return next;
    if (outcome.kind !== 'moved-on') throw refusalOf(outcome, permission);
  }
  throw busy('programme');
}

/** Programmes that were published, or all of the caller's institution. @throws Problem `invalid-cursor` */
export async function listProgrammes(ports: ListPorts, request: PageRequest, own: boolean): Promise<Page<Programme>> {
  const { permission } = request;
  const { institutionId } = permission.caller;
  permission.require(own ? 'self' : 'partner');
  return pageOfIds(
    ports,
    own ? `programmes:${institutionId}` : 'programmes',
    request,
    (limit, after) => ports.programmes.list(own ? institutionId : undefined, limit, after),
    (id) => ports.programmes.get(id),
  );
}

export const busy = (what: string): Problem => new Problem(Busy, `The ${what} is being changed by others.`, {}, 1);

/** What is said when a transaction was refused. */
export function refusalOf(outcome: Exclude<WriteOutcome, { kind: 'done' }>, { caller }: Permission): Problem {
  if (outcome.kind === 'key-reused') return keyReused();
  if (outcome.kind !== 'not-active') return busy('resource');
  return outcome.institutions.includes(caller.institutionId)
    ? new Problem(InstitutionNotActive, 'Your institution is not an active partner.')
    : new Problem(NamedInstitutionNotActive, 'Not all are active partners.', { institutions: outcome.institutions });
}
