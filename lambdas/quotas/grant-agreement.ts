import { type AgreementChange, versionInForce } from '../agreements/published.ts';
import { Problem } from '../shared/http/problem.ts';
import { AgreementNotInForce } from './errors.ts';
import type { Grant, Pool } from './model.ts';

/** Under which agreement a grant is given. Pure. */

/** What a grant keeps of its agreement, and the change of the agreement that was looked at. */
export interface Under {
  readonly named: Pick<Grant, 'agreementId' | 'agreementVersion' | 'agreementHash'>;
  readonly seen?: number;
}

/** What a grant without an agreement is given under. */
export const NO_AGREEMENT: Under = { named: {} };

type Because = 'unknown' | 'beneficiary-not-party' | 'not-in-force' | 'service-not-named';

const DETAILS: Readonly<Record<Because, string>> = {
  unknown: 'There is no such agreement of your institution.',
  'beneficiary-not-party': 'The beneficiary is not a party of the agreement.',
  'not-in-force': 'The agreement is not in force today.',
  'service-not-named': 'The agreement does not name the pool’s service.',
};

/**
 * The version of an agreement that a grant can be given under today.
 * @param agreement as far as it is known; one the provider is no party of is refused as one there is not
 * @returns the reason when there is none
 */
export function underAgreement(
  agreement: AgreementChange | undefined,
  { providerId, service }: Pick<Pool, 'providerId' | 'service'>,
  beneficiaryId: string,
  now: Date,
): Under | Problem {
  if (agreement?.parties.includes(providerId) !== true) return refusal('unknown');
  if (!agreement.parties.includes(beneficiaryId)) return refusal('beneficiary-not-party');
  const inForce = versionInForce(agreement, now);
  if (inForce === undefined) return refusal('not-in-force');
  if (!inForce.services.includes(service)) return refusal('service-not-named');
  return {
    named: { agreementId: agreement.id, agreementVersion: inForce.version, agreementHash: inForce.hash },
    seen: agreement.version,
  };
}

function refusal(because: Because): Problem {
  return new Problem(AgreementNotInForce, DETAILS[because], { because });
}
