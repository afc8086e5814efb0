import type { AgreementRepresentation } from '../../lambdas/agreements/contract-parts.ts';
import type { Client } from './client.ts';
import { anInstitution, type Institution } from './factories.ts';

/** Agreements, and those who conclude them. */

export const VALIDITY = { from: '2026-01-01', to: '2099-12-31', timeZone: 'Europe/Minsk' };

/** What a version says. */
export const aProposal = (over: object = {}) => ({
  title: { en: 'Proton therapy for children' },
  validity: VALIDITY,
  terms: { services: ['proton-therapy'] },
  ...over,
});

export const anAgreementBody = (parties: readonly { readonly id: string }[], over: object = {}) => ({
  kind: 'bilateral',
  parties: parties.map(({ id }) => id),
  ...aProposal(over),
});

/** An agreement with its parties; the first of them has proposed it. */
export interface Agreed {
  readonly id: string;
  readonly hash: string;
  readonly parties: readonly [Institution, Institution, ...Institution[]];
}

export async function parties(): Promise<[Institution, Institution]> {
  return [await anInstitution(), await anInstitution()];
}

/** A proposal that nobody has approved. */
export async function proposedBy(all: Agreed['parties'], over: object = {}): Promise<Agreed> {
  const answer = await all[0].coordinator.call('createAgreement', { body: anAgreementBody(all, over) });
  return { id: answer.ok.id, hash: answer.ok.latest.hash, parties: all };
}

type Options = Parameters<Client['call']>[1];

export function approve({ id }: { readonly id: string }, party: Institution, hash: string, options: Options = {}) {
  return party.coordinator.call('approveAgreement', { params: { agreementId: id }, body: { hash }, ...options });
}

/** An agreement that all its parties have approved. */
export async function anAgreement(all?: Agreed['parties'], over: object = {}): Promise<Agreed> {
  const agreed = await proposedBy(all ?? (await parties()), over);
  for (const party of agreed.parties) await approve(agreed, party, agreed.hash);
  return agreed;
}

/** Another version, proposed by a party of the agreement. */
export function proposeVersion(
  { id }: { readonly id: string },
  party: Institution,
  follows: string,
  over: object = {},
  options: Options = {},
) {
  const body = { follows, ...aProposal(over) };
  return party.coordinator.call('proposeAgreementVersion', { params: { agreementId: id }, body, ...options });
}

export function terminate(
  { id }: { readonly id: string },
  party: Institution,
  over: object = {},
  options: Options = {},
) {
  const body = { reason: 'notice-given', ...over };
  return party.coordinator.call('terminateAgreement', { params: { agreementId: id }, body, ...options });
}

export async function agreementSeenBy(party: Institution, { id }: { readonly id: string }) {
  const { ok } = await party.coordinator.call('getAgreement', { params: { agreementId: id } });
  return ok satisfies AgreementRepresentation;
}
