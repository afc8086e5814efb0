import type * as z from 'zod/mini';

import { notFound, type Permission } from '../shared/auth/access.ts';
import { creationOf } from '../shared/http/creation.ts';
import { busy, deedOf, MAX_ATTEMPTS, type Outcome, once, refusalOf } from '../shared/http/once.ts';
import { type Page, type PageRequest, pageOfIds } from '../shared/http/pages.ts';
import { Problem } from '../shared/http/problem.ts';
import { refuseStale } from '../shared/http/versions.ts';
import type { ListPorts, Ports } from './ports.ts';
import type { ProgrammeChange, programmeRoutes } from './programme-contract.ts';
import {
  changedProgramme,
  newProgramme,
  type Programme,
  relationsTo,
  type Under,
  underAgreement,
} from './programme-model.ts';

/** Offering programmes. */

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
  return once(permission, {
    what: 'programme',
    creation: () => creationOf(ports, request, ['createProgramme'], ports.newId()),
    findEarlier: (creation) => ports.programmes.findEarlier(creation),
    read: (id) => readProgramme(ports, id),
    write: async (creation) => {
      const under = await agreementFor(ports, permission.caller.institutionId, body);
      const value = newProgramme(creation.resourceId, body, deedOf(ports, permission), under);
      return { value, outcome: await ports.programmes.create(creation, value, under?.seen) };
    },
  });
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
