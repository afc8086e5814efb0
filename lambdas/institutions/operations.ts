import type * as z from 'zod/mini';

import { notFound, type Permission } from '../shared/auth/access.ts';
import { OPERATOR } from '../shared/auth/agent.ts';
import type { Creation, Earlier } from '../shared/dynamo/create-once.ts';
import { takeTurns } from '../shared/dynamo/turns.ts';
import { creationOf } from '../shared/http/creation.ts';
import type { Cursors } from '../shared/http/cursor.ts';
import { keyReused } from '../shared/http/idempotency.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy } from '../shared/http/problems.ts';
import { refuseStale } from '../shared/http/versions.ts';
import { InstitutionStateConflict, LastAdmin, OwnInstitution, UnknownRegion } from './errors.ts';
import { type Criteria, type Institution, relationsTo, STATUS_CHANGES, type StatusAction } from './model.ts';
import type { Outcome, Ports } from './ports.ts';
import { subdivisionsOf } from './regions.ts';
import type { registryRoutes } from './registry-contract.ts';

/** The registry of partners. */

const MAX_ATTEMPTS = 5;

/** An institution as it is now, whoever asks. @throws Problem `not-found` */
export async function readInstitution({ institutions }: Ports, institutionId: string): Promise<Institution> {
  const institution = await institutions.get(institutionId);
  if (institution === undefined) throw notFound();
  return institution;
}

/** @throws Problem `not-found`, `role-not-permitted` */
export async function getInstitution(
  ports: Ports,
  permission: Permission,
  institutionId: string,
): Promise<Institution> {
  // How the caller stands to it is in the path: nothing is read for who may not.
  permission.require(...relationsTo(institutionId, permission.caller.institutionId));
  return readInstitution(ports, institutionId);
}

export interface ListRequest extends Criteria {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** @throws Problem `invalid-cursor`, `role-not-permitted` */
export async function listInstitutions(
  { institutions, cursors }: Ports & { readonly cursors: Cursors },
  permission: Permission,
  { limit, cursor, ...criteria }: ListRequest,
): Promise<{ items: readonly Institution[]; next: string | undefined }> {
  permission.require('partner');
  const list = `institutions:${JSON.stringify(criteria)}`;
  const after = cursor === undefined ? undefined : cursors.read(list, cursor);
  const page = await institutions.list(criteria, limit, after);
  return { items: page.institutions, next: page.next === undefined ? undefined : cursors.write(list, page.next) };
}

/** An institution as an admin registers it. */
export type Registration = Omit<Institution, 'status' | 'createdAt' | 'updatedAt' | 'version' | 'by'>;

/**
 * Registers institutions as active partners. Those that are registered already stay as they are.
 * @returns how many were new
 * @throws Problem `unknown-region`; then none is registered
 */
export async function registerInstitutions(
  { institutions, now }: Ports,
  registrations: readonly Registration[],
): Promise<number> {
  await Promise.all(registrations.map(requireRegion));
  const at = now().toISOString();
  const added = await Promise.all(
    registrations.map((registration) =>
      institutions.add({ ...registration, status: 'active', createdAt: at, updatedAt: at, version: 1, by: OPERATOR }),
    ),
  );
  return added.filter(Boolean).length;
}

/** @throws Problem `unknown-region` when the country has no such subdivision */
async function requireRegion({ country, region }: Pick<Registration, 'country' | 'region'>): Promise<void> {
  if (region === undefined) return;
  const [prefix, subdivision = ''] = region.split('-');
  if (prefix === country && (await subdivisionsOf(country)).includes(subdivision)) return;
  const message = `must be a region of ${country} by ISO 3166-2`;
  throw new Problem(UnknownRegion, 'The country has no such region.', { errors: [{ pointer: '/region', message }] });
}

export interface InstitutionCreation {
  readonly permission: Permission;
  readonly body: z.output<typeof registryRoutes.createInstitution.body>;
  readonly idempotencyKey: string;
}

/**
 * Invites an institution.
 * @throws Problem `role-not-permitted`, `unknown-region`, `idempotency-key-reused`
 */
export async function createInstitution(ports: Ports, request: InstitutionCreation): Promise<Outcome<Institution>> {
  const { permission, body } = request;
  permission.require('partner');
  await requireRegion(body);
  const now = ports.now();
  const institution: Institution = {
    id: ports.newId(),
    status: 'invited',
    ...body,
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
    version: 1,
    by: permission.agent,
  };
  const creation = creationOf(ports, request, ['createInstitution'], institution.id);
  const outcome = await ports.institutions.create(creation, institution);
  if (outcome.kind === 'created') return { value: institution, replayed: false };
  if (outcome.kind === 'refused') throw new Problem(Busy, 'The id was taken at the same moment.', {}, 1);
  return replayOf(ports, outcome);
}

/** @throws Problem `idempotency-key-reused` */
async function replayOf(ports: Ports, earlier: Earlier): Promise<Outcome<Institution>> {
  if (earlier.kind === 'key-reused') {
    throw keyReused();
  }
  return { value: await readInstitution(ports, earlier.resourceId), replayed: true };
}

export interface InstitutionUpdate {
  readonly permission: Permission;
  readonly institutionId: string;
  readonly body: z.output<typeof registryRoutes.updateInstitution.body>;
  readonly expectedVersion: number;
}

/**
 * Changes what an institution says of itself.
 * @throws Problem `not-found`, `role-not-permitted`, `stale-version`, `institution-state-conflict`, `unknown-region`
 */
export async function updateInstitution(
  ports: Ports,
  { permission, institutionId, body, expectedVersion }: InstitutionUpdate,
): Promise<Institution> {
  const before = await getInstitution(ports, permission, institutionId);
  refuseStale('institution', before, expectedVersion);
  if (before.status === 'left') throw stateConflict(before, ['invited', 'active', 'suspended']);
  const { region = before.region, rorId = before.rorId, ...rest } = body;
  const after: Institution = {
    ...before,
    ...rest,
    region: region ?? undefined,
    rorId: rorId ?? undefined,
    ...stamp(ports, permission, before),
  };
  await requireRegion(after);
  if ((await ports.institutions.replace(before, after)) === 'changed') return after;
  const there = await readInstitution(ports, institutionId);
  refuseStale('institution', there, expectedVersion);
  throw new Problem(Busy, 'The institution is being changed by somebody else.', {}, 1);
}

const stamp = ({ now }: Ports, { agent }: Permission, { version }: Institution) => ({
  updatedAt: now().toISOString(),
  version: version + 1,
  by: agent,
});

export interface StatusChange {
  readonly permission: Permission;
  readonly institutionId: string;
  readonly action: StatusAction;
  readonly body: object;
  readonly idempotencyKey: string | undefined;
  readonly expectedVersion: number | undefined;
}

/**
 * Activates or suspends an institution, or has it leave.
 * @throws Problem `not-found`, `role-not-permitted`, `idempotency-key-reused`, `stale-version`,
 *   `institution-state-conflict`, `own-institution`, `last-admin`, `busy`
 */
export async function changeStatus(ports: Ports, request: StatusChange): Promise<Outcome<Institution>> {
  const { permission, institutionId, action, expectedVersion } = request;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    await takeTurns(attempt);
    const before = await getInstitution(ports, permission, institutionId);
    const creation = creationFor(ports, request);
    const earlier = creation && (await ports.institutions.findEarlier(creation));
    if (earlier !== undefined) return replayOf(ports, earlier);
    refuseStale('institution', before, expectedVersion);
    const { from, to } = STATUS_CHANGES[action];
    if (!from.includes(before.status)) throw stateConflict(before, from);
    refuseOwn(request);
    const after: Institution = { ...before, status: to, ...stamp(ports, permission, before) };
    const outcome = await ports.institutions.replace(before, after, creation);
    if (outcome === 'changed') return { value: after, replayed: false };
    if (outcome === 'last-admin') {
      throw new Problem(LastAdmin, 'Nobody but those who act for this institution administers the Hub.');
    }
    if (outcome !== 'moved-on') return replayOf(ports, outcome);
  }
  throw new Problem(Busy, 'The institution is being changed by others.', {}, 1);
}

/** The memory of a request that named a key. */
function creationFor(ports: Ports, request: StatusChange): Creation | undefined {
  const { institutionId, action, idempotencyKey } = request;
  if (idempotencyKey === undefined) return undefined;
  return creationOf(ports, { ...request, idempotencyKey }, [action, institutionId], institutionId);
}

/** Nobody shuts themselves out. */
function refuseOwn({ permission, institutionId, action }: StatusChange): void {
  if (action === 'suspend' && institutionId === permission.caller.institutionId) {
    throw new Problem(OwnInstitution, 'Your own institution would be suspended.');
  }
}

/** @param allowedFrom where it would have to be */
export function stateConflict({ status }: Institution, allowedFrom: readonly Institution['status'][]): Problem {
  return new Problem(InstitutionStateConflict, `The institution is ${status}.`, {
    institutionStatus: status,
    allowedFrom,
  });
}
