import type * as z from 'zod/mini';

import { notFound, type Permission } from '../shared/auth/access.ts';
import type { Creation } from '../shared/dynamo/create-once.ts';
import { takeTurns } from '../shared/dynamo/turns.ts';
import { creationOf } from '../shared/http/creation.ts';
import { keyReused } from '../shared/http/idempotency.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy, InstitutionNotActive } from '../shared/http/problems.ts';
import { refuseStale } from '../shared/http/versions.ts';
import type { ChangeOutcome } from './agreements-table.ts';
import type { agreementRoutes } from './contract.ts';
import { NotAParty, PartyNotActive } from './errors.ts';
import {
  type Agreement,
  type AgreementWithVersion,
  approve,
  type CreationBody,
  type Deed,
  newAgreement,
  type ProposalBody,
  propose,
  relationsTo,
  terminate,
} from './model.ts';
import type { Outcome, Ports } from './ports.ts';

/**
 * Proposing, approving and ending agreements. What may be done is the model's; who may, and what is written, is here:
 * each change is one transaction, on the condition that the agreement is as it was judged.
 */

const MAX_ATTEMPTS = 12;

/** @throws Problem `not-found`, also for what the caller may not see; `role-not-permitted` */
export async function getAgreement(
  { agreements }: Ports,
  permission: Permission,
  agreementId: string,
): Promise<Agreement> {
  const agreement = await agreements.get(agreementId);
  if (agreement === undefined) throw notFound();
  permission.require(...relationsTo(agreement, permission.caller.institutionId));
  return agreement;
}

/** @param number of the version @throws Problem `not-found`, `role-not-permitted` */
export async function getVersion(
  ports: Ports,
  permission: Permission,
  agreementId: string,
  number: number,
): Promise<AgreementWithVersion> {
  const agreement = await getAgreement(ports, permission, agreementId);
  const version = await ports.agreements.getVersion(agreementId, number);
  if (version === undefined) throw notFound();
  return { agreement, version };
}

export interface AgreementCreation {
  readonly permission: Permission;
  readonly body: CreationBody;
  readonly idempotencyKey: string;
}

/**
 * Makes an agreement with its first version, proposed by the caller's institution.
 * @throws Problem `role-not-permitted`, `not-a-party`, `institution-not-active`, `party-not-active`,
 *   `idempotency-key-reused`
 */
export async function createAgreement(ports: Ports, request: AgreementCreation): Promise<Outcome<Agreement>> {
  const { permission, body } = request;
  permission.require('self');
  if (!body.parties.includes(permission.caller.institutionId)) {
    throw new Problem(NotAParty, 'Your institution is not among the parties.');
  }
  const made = newAgreement(ports.newId(), body, deedOf(ports, permission));
  const creation = creationOf(ports, request, ['createAgreement'], made.agreement.id);
  const outcome = await ports.agreements.create(creation, made);
  if (outcome.kind === 'done') return { value: made.agreement, replayed: false };
  if (outcome.kind !== 'replayed') throw refusalOf(outcome, permission);
  const earlier = await ports.agreements.get(outcome.resourceId);
  if (earlier === undefined) throw notFound();
  return { value: earlier, replayed: true };
}

interface Addressed {
  readonly permission: Permission;
  readonly agreementId: string;
}

export interface VersionProposal extends Addressed {
  readonly body: ProposalBody;
  readonly idempotencyKey: string;
}

/**
 * Proposes another version. What is in force stays so until all have approved it and it has begun.
 * @throws Problem `not-found`, `role-not-permitted`, `idempotency-key-reused`, what `propose` of the model throws,
 *   `institution-not-active`, `party-not-active`, `busy`
 */
export async function proposeVersion(ports: Ports, request: VersionProposal): Promise<Outcome<AgreementWithVersion>> {
  const { permission, agreementId, body } = request;
  const target = ['proposeAgreementVersion', agreementId];
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    await takeTurns(attempt);
    const agreement = await getAgreement(ports, permission, agreementId);
    const number = agreement.latest.version + 1;
    // What is remembered is the number of the version that the request has made.
    const creation = creationOf(ports, request, target, String(number));
    const earlier = await findEarlier(ports, creation);
    if (earlier !== undefined) return madeEarlier(ports, request, earlier);
    const newest = await ports.agreements.getVersion(agreementId, agreement.latest.version);
    if (newest === undefined) throw new Error('The newest version of an agreement is not there');
    const next = propose(agreement, newest.content, body, deedOf(ports, permission));
    const outcome = await ports.agreements.propose(creation, next);
    if (outcome.kind === 'done') return { value: next, replayed: false };
    if (outcome.kind === 'replayed') return madeEarlier(ports, request, outcome.resourceId);
    if (outcome.kind !== 'moved-on') throw refusalOf(outcome, permission);
  }
  throw busy();
}

async function madeEarlier(ports: Ports, { permission, agreementId }: Addressed, number: string) {
  return { value: await getVersion(ports, permission, agreementId, Number(number)), replayed: true };
}

/** What actions on an agreement have in common. */
interface ActionRequest<B> extends Addressed {
  readonly body: B;
  readonly idempotencyKey: string | undefined;
  readonly expectedVersion: number | undefined;
}

export type ApprovalRequest = ActionRequest<z.output<typeof agreementRoutes.approveAgreement.body>>;

/**
 * Approves a hash for the caller's institution.
 * @throws Problem `not-found`, `role-not-permitted`, `idempotency-key-reused`, `stale-version`, what `approve` of the
 *   model throws, `institution-not-active`, `busy`
 */
export async function approveAgreement(ports: Ports, request: ApprovalRequest): Promise<Outcome<Agreement>> {
  const { institutionId } = request.permission.caller;
  return act(
    ports,
    request,
    'approveAgreement',
    (agreement, deed) => approve(agreement, request.body.hash, deed),
    (creation, next) => ports.agreements.approve(creation, next, institutionId),
  );
}

export type TerminationRequest = ActionRequest<z.output<typeof agreementRoutes.terminateAgreement.body>>;

/**
 * Ends an agreement from a day on.
 * @throws Problem `not-found`, `role-not-permitted`, `idempotency-key-reused`, `stale-version`, what `terminate` of the
 *   model throws, `busy`
 */
export async function terminateAgreement(ports: Ports, request: TerminationRequest): Promise<Outcome<Agreement>> {
  return act(
    ports,
    request,
    'terminateAgreement',
    (agreement, deed) => terminate(agreement, request.body, deed),
    (creation, next) => ports.agreements.terminate(creation, next),
  );
}

/** Reads, judges and writes until what was judged is what is there. */
async function act(
  ports: Ports,
  request: ActionRequest<unknown>,
  operationId: string,
  judge: (agreement: Agreement, deed: Deed) => Agreement,
  write: (creation: Creation, next: Agreement) => Promise<ChangeOutcome>,
): Promise<Outcome<Agreement>> {
  const { permission, agreementId, body, expectedVersion } = request;
  // Without a key of the client's the attempt still needs a name, to know its own write again after a lost reply.
  const idempotencyKey = request.idempotencyKey ?? ports.newId();
  const creation = creationOf(ports, { permission, body, idempotencyKey }, [operationId, agreementId], agreementId);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    await takeTurns(attempt);
    const agreement = await getAgreement(ports, permission, agreementId);
    if ((await findEarlier(ports, creation)) !== undefined) return { value: agreement, replayed: true };
    refuseStale('agreement', agreement, expectedVersion);
    const next = judge(agreement, deedOf(ports, permission));
    const outcome = await write(creation, next);
    if (outcome.kind === 'done') return { value: next, replayed: false };
    if (outcome.kind === 'replayed') {
      return { value: await getAgreement(ports, permission, agreementId), replayed: true };
    }
    if (outcome.kind !== 'moved-on') throw refusalOf(outcome, permission);
  }
  throw busy();
}

/** What an earlier attempt has made. Asked first: what has been done is not judged again. */
async function findEarlier({ agreements }: Ports, creation: Creation): Promise<string | undefined> {
  const earlier = await agreements.findEarlier(creation);
  if (earlier?.kind === 'key-reused') throw keyReused();
  return earlier?.resourceId;
}

function deedOf({ now }: Ports, { agent, caller: { institutionId } }: Permission): Deed {
  return { by: agent, institutionId, now: now() };
}

const busy = (): Problem => new Problem(Busy, 'The agreement is being changed by others.', {}, 1);

/** What is said when a transaction was refused. */
function refusalOf(
  outcome: Exclude<ChangeOutcome, { readonly kind: 'done' | 'replayed' }>,
  { caller }: Permission,
): Problem {
  switch (outcome.kind) {
    case 'key-reused':
      return keyReused();
    case 'moved-on':
      return busy();
    case 'not-active':
      return outcome.institutions.includes(caller.institutionId)
        ? new Problem(InstitutionNotActive, 'Your institution is not an active partner.')
        : new Problem(PartyNotActive, 'Not all parties are active partners.', { parties: outcome.institutions });
  }
}
