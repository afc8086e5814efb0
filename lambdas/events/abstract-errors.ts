import type { ProblemType } from '../shared/http/problem.ts';

/** The refusals of abstracts, each named after the precondition that failed. */

export const CallClosed: ProblemType = {
  code: 'call-closed',
  status: 409,
  uncounted: true,
  title: 'The event takes no abstracts now',
  advice: '`call` says from when until when it does, in `timeZone`; absent, it has no call. Nothing was changed.',
};

export const AbstractTooLong: ProblemType = {
  code: 'abstract-too-long',
  status: 422,
  title: 'The abstract is too long, or has too many authors',
  advice:
    '`errors` names the field; `most` says how many characters (Unicode code points) of text, or authors, the call allows, `given` how many there are.',
};

export const CallMismatch: ProblemType = {
  code: 'call-mismatch',
  status: 422,
  title: 'The call has no such type or topic',
  advice: '`errors` names the field at fault; `call` of the event lists its types and topics.',
};

export const AbstractStateConflict: ProblemType = {
  code: 'abstract-state-conflict',
  status: 409,
  uncounted: true,
  title: 'The abstract’s status does not allow this',
  advice: '`abstractStatus` says where it is, `allowedFrom` from where this can be done.',
};

export const ReviewerExists: ProblemType = {
  code: 'reviewer-exists',
  status: 409,
  uncounted: true,
  title: 'This person reviews for the event already',
  advice: '`reviewerId` is the reviewer.',
};

export const ABSTRACT_PROBLEMS: readonly ProblemType[] = [
  CallClosed,
  AbstractTooLong,
  CallMismatch,
  AbstractStateConflict,
  ReviewerExists,
];
