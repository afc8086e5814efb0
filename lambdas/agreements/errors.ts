import type { ProblemType } from '../shared/http/problem.ts';

/** The refusals of the agreements context, each named after the precondition that failed. */

export const TooFewParties: ProblemType = {
  code: 'too-few-parties',
  status: 422,
  title: 'An agreement has two parties at least',
  advice: 'Name every institution that agrees in `parties`, your own among them.',
};

export const NotAParty: ProblemType = {
  code: 'not-a-party',
  status: 422,
  title: 'Your institution is not among the parties',
  advice: 'An institution proposes its own agreements only: name it in `parties`, too.',
};

export const ValidityEndsBeforeItBegins: ProblemType = {
  code: 'validity-ends-before-it-begins',
  status: 422,
  title: 'The last day of validity is before the first',
  advice: 'Send a `to` that is not before `from`, or none for an agreement without a last day.',
};

export const PartyNotActive: ProblemType = {
  code: 'party-not-active',
  status: 409,
  title: 'A party is not an active partner',
  advice:
    '`parties` names those that the Hub does not know as active partners. `GET /v1/institutions` lists the partners; one that was registered a moment ago is known in a few seconds.',
};

export const AgreementHashOutdated: ProblemType = {
  code: 'agreement-hash-outdated',
  status: 409,
  title: 'The hash is not that of the newest version',
  advice:
    '`latest` says which version is the newest and its hash. Read that version; approve, or build on, what you have read.',
};

export const AlreadyApproved: ProblemType = {
  code: 'already-approved',
  status: 409,
  title: 'Your institution has approved this version already',
  advice:
    'Nothing is left to do for your institution: `latest.awaiting` of the agreement names who has yet to approve.',
};

export const VersionUnchanged: ProblemType = {
  code: 'version-unchanged',
  status: 422,
  title: 'The version says the same as the newest one',
  advice: 'Approve the newest version, or propose one that differs from it.',
};

export const TooManyVersions: ProblemType = {
  code: 'too-many-versions',
  status: 409,
  title: 'The agreement has as many versions as there can be',
  advice: 'Conclude a new agreement in its place, then terminate this one.',
};

export const AgreementTerminated: ProblemType = {
  code: 'agreement-terminated',
  status: 409,
  title: 'The agreement is terminated',
  advice:
    '`termination` says from which day, and why. Nothing is proposed or approved any more, and it cannot be terminated again: conclude a new agreement.',
};

export const TerminationInThePast: ProblemType = {
  code: 'termination-in-the-past',
  status: 422,
  title: 'An agreement is not terminated from a day that is over',
  advice: 'Send today, in the agreement’s time zone, or a later day as `from`; without it, today is meant.',
};

export const AGREEMENT_PROBLEMS: readonly ProblemType[] = [
  TooFewParties,
  NotAParty,
  ValidityEndsBeforeItBegins,
  PartyNotActive,
  AgreementHashOutdated,
  AlreadyApproved,
  VersionUnchanged,
  TooManyVersions,
  AgreementTerminated,
  TerminationInThePast,
];
