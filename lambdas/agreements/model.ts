import type * as z from 'zod/mini';

import type { Agent } from '../shared/auth/agent.ts';
import type { Relation } from '../shared/auth/vocabulary.ts';
import { sha256Of } from '../shared/canonical.ts';
import { isOver } from '../shared/days.ts';
import { Problem } from '../shared/http/problem.ts';
import type { agreementRoutes } from './contract.ts';
import type {
  AgreementContent,
  AgreementRepresentation,
  AgreementVersionRepresentation,
  Termination,
} from './contract-parts.ts';
import {
  AgreementHashOutdated,
  AgreementTerminated,
  AlreadyApproved,
  TerminationInThePast,
  TooManyVersions,
  VersionUnchanged,
} from './errors.ts';
import { type ApprovedVersion, currentVersion, isTerminated, versionInForce } from './published.ts';

/** Agreements as the Hub keeps them, and every decision about them. Pure. */

type Approval = AgreementVersionRepresentation['approvals'][number];

export interface Agreement extends Pick<AgreementRepresentation, 'id' | 'kind' | 'parties' | 'title' | 'createdAt'> {
  /** The newest version: the only one that can be approved. */
  readonly latest: ApprovedVersion & { readonly approvals: readonly Approval[] };
  /** Versions that every party has approved, in the order of their numbers. */
  readonly approved: readonly ApprovedVersion[];
  readonly termination?: Termination | undefined;
  readonly updatedAt: string;
  /** Counts the changes; what an ETag says. */
  readonly version: number;
  /** Who made this change. */
  readonly by: Agent;
}

/** A version of an agreement. Its content never changes; approvals are added. */
export interface Version
  extends Pick<AgreementVersionRepresentation, 'hash' | 'content' | 'proposedBy' | 'proposedAt'> {
  readonly approvals: readonly Approval[];
}

/** An agreement with a version of it. */
export interface AgreementWithVersion {
  readonly agreement: Agreement;
  readonly version: Version;
}

/** Who does something, for which institution, and when. */
export interface Deed {
  readonly by: Agent;
  readonly institutionId: string;
  readonly now: Date;
}

/** So many an agreement can have: all that count are kept with it, and told to whoever follows it. */
export const MAX_VERSIONS = 100;

export type CreationBody = z.output<typeof agreementRoutes.createAgreement.body>;
export type ProposalBody = z.output<typeof agreementRoutes.proposeAgreementVersion.body>;

/** How an institution stands to an agreement, in an access rule. */
export function relationsTo({ parties }: Pick<Agreement, 'parties'>, institutionId: string): Relation[] {
  return [parties.includes(institutionId) ? 'party' : 'none'];
}

/** An agreement with its first version. */
export function newAgreement(id: string, { approve, ...body }: CreationBody, deed: Deed): AgreementWithVersion {
  const content = { agreementId: id, version: 1, ...body, parties: body.parties.toSorted() };
  const version = newVersion(content, approve, deed);
  const at = deed.now.toISOString();
  const { kind, parties, title } = content;
  return {
    agreement: {
      ...{ id, kind, parties, title, latest: inShort(version), approved: [] },
      ...{ createdAt: at, updatedAt: at, version: 1, by: deed.by },
    },
    version,
  };
}

/**
 * Puts a proposal behind the newest version. What all have approved stays as it is; the newest version, where not all
 * have, can no longer be approved.
 * @param newest content of the newest version
 * @throws Problem `agreement-terminated`, `agreement-hash-outdated`, `too-many-versions`, `version-unchanged`
 */
export function propose(
  agreement: Agreement,
  newest: AgreementContent,
  { approve, follows, ...body }: ProposalBody,
  deed: Deed,
): AgreementWithVersion {
  refuseEnded(agreement);
  refuseOutdated(agreement, follows);
  if (newest.version >= MAX_VERSIONS) {
    throw new Problem(TooManyVersions, `The agreement has ${String(MAX_VERSIONS)} versions.`);
  }
  const { agreementId, kind, parties } = newest;
  const content = { agreementId, version: newest.version + 1, follows, kind, parties, ...body };
  if (saidBy(content) === saidBy(newest)) {
    throw new Problem(VersionUnchanged, `Version ${String(newest.version)} says the same.`);
  }
  const version = newVersion(content, approve, deed);
  return { agreement: changed(agreement, { title: body.title, latest: inShort(version) }, deed), version };
}

/** The hash of what a version says, wherever it stands. */
function saidBy({ version: _, follows: __, ...said }: AgreementContent): string {
  return sha256Of(said);
}

function newVersion(content: AgreementContent, approve: boolean, { institutionId, now }: Deed): Version {
  const at = now.toISOString();
  return {
    hash: sha256Of(content),
    content,
    approvals: approve ? [{ institutionId, at }] : [],
    proposedBy: institutionId,
    proposedAt: at,
  };
}

function inShort({ hash, content: { version, validity, terms }, approvals }: Version): Agreement['latest'] {
  return { version, hash, validity, services: terms.services, programmes: terms.programmes, approvals };
}

/**
 * Adds a party's approval of a hash. With the last one that was missing the version is approved, and counts from the
 * day its validity begins.
 * @throws Problem `agreement-terminated`, `agreement-hash-outdated`, `already-approved`
 */
export function approve(agreement: Agreement, hash: string, deed: Deed): Agreement {
  refuseEnded(agreement);
  refuseOutdated(agreement, hash);
  const { latest, approved } = agreement;
  if (latest.approvals.some(({ institutionId }) => institutionId === deed.institutionId)) {
    throw new Problem(AlreadyApproved, `Your institution has approved version ${String(latest.version)}.`);
  }
  const approvals = [...latest.approvals, { institutionId: deed.institutionId, at: deed.now.toISOString() }];
  const { approvals: _, ...complete } = latest;
  const isComplete = approvals.length === agreement.parties.length;
  return changed(
    agreement,
    { latest: { ...latest, approvals }, approved: isComplete ? [...approved, complete] : approved },
    deed,
  );
}

/**
 * Ends an agreement from a day on, in the time zone of the version that counts today, or else of the newest.
 * @throws Problem `agreement-terminated`, `termination-in-the-past`
 */
export function terminate(
  agreement: Agreement,
  { reason, from }: z.output<typeof agreementRoutes.terminateAgreement.body>,
  deed: Deed,
): Agreement {
  refuseEnded(agreement);
  const { now, institutionId } = deed;
  const { timeZone } = (currentVersion(agreement, now) ?? agreement.latest).validity;
  if (from !== undefined && isOver(from, timeZone, now)) {
    throw new Problem(TerminationInThePast, `The day is over in ${timeZone}.`);
  }
  const today = new Intl.DateTimeFormat('sv-SE', { timeZone }).format(now);
  const termination = { from: from ?? today, timeZone, reason, institutionId, at: now.toISOString() };
  return changed(agreement, { termination }, deed);
}

/** Once a party has said that it ends, nothing is agreed on any more, though it may be in force for a while. */
function refuseEnded({ termination }: Agreement): void {
  if (termination === undefined) return;
  throw new Problem(AgreementTerminated, `The agreement ends on ${termination.from}.`, { termination });
}

function refuseOutdated({ latest: { version, hash } }: Agreement, said: string): void {
  if (said === hash) return;
  throw new Problem(AgreementHashOutdated, `Version ${String(version)} is the newest.`, { latest: { version, hash } });
}

function changed(agreement: Agreement, change: Partial<Agreement>, { by, now }: Deed): Agreement {
  return { ...agreement, ...change, version: agreement.version + 1, updatedAt: now.toISOString(), by };
}

function statusOf(agreement: Agreement, now: Date): AgreementRepresentation['status'] {
  if (isTerminated(agreement, now)) return 'terminated';
  if (agreement.approved.length === 0) return 'proposed';
  if (versionInForce(agreement, now) !== undefined) return 'in-force';
  return currentVersion(agreement, now) === undefined ? 'approved' : 'expired';
}

export function showAgreement(agreement: Agreement, now: Date): AgreementRepresentation {
  const { version: _, by: __, approved: ___, latest, ...shown } = agreement;
  const inForce = versionInForce(agreement, now);
  const { version, hash, approvals } = latest;
  const approvedBy = new Set(approvals.map(({ institutionId }) => institutionId));
  return {
    ...shown,
    status: statusOf(agreement, now),
    ...(inForce === undefined ? {} : { inForce }),
    latest: {
      version,
      hash,
      approvals: [...approvals],
      awaiting: agreement.parties.filter((party) => !approvedBy.has(party)),
    },
  };
}

export function showVersion({ agreement, version }: AgreementWithVersion, now: Date): AgreementVersionRepresentation {
  const { hash, content, approvals, proposedBy, proposedAt } = version;
  return {
    ...{ hash, content, status: versionStatus(agreement, content.version, now) },
    ...{ approvals: [...approvals], proposedBy, proposedAt },
  };
}

function versionStatus(agreement: Agreement, number: number, now: Date): AgreementVersionRepresentation['status'] {
  if (agreement.approved.some(({ version }) => version === number)) {
    return number < (currentVersion(agreement, now)?.version ?? 0) ? 'superseded' : 'approved';
  }
  return number < agreement.latest.version ? 'overtaken' : 'proposed';
}
