import type { ProblemType } from '../shared/http/problem.ts';
import { FUNDING_PROBLEMS } from './funding-errors.ts';

/** The refusals of the training context, each named after the precondition that failed. */

export const SeatsDoNotAddUp: ProblemType = {
  code: 'seats-do-not-add-up',
  status: 422,
  title: 'The seats do not add up',
  advice:
    'The minimum, and what is kept for institutions in all, are no more than the total; each institution is named once.',
};

export const SeatsBelowAccepted: ProblemType = {
  code: 'seats-below-accepted',
  status: 409,
  uncounted: true,
  title: 'The seats would be fewer than those who have one',
  advice:
    'Nobody loses a seat. Of the total, and of what is kept for an institution, at least as many are left as are accepted or confirmed there; `balance` of the cohort says how many have a seat in all.',
};

export const AgreementNotUsable: ProblemType = {
  code: 'agreement-not-usable',
  status: 409,
  uncounted: true,
  title: 'No programme can be offered under this agreement today',
  advice:
    '`because` says why: `unknown` (there is no such agreement of yours), `not-in-force`, or `kind-not-named` (it says nothing of programmes of this kind). What was agreed a moment ago is known here in a few seconds.',
};

export const ProgrammeStateConflict: ProblemType = {
  code: 'programme-state-conflict',
  status: 409,
  uncounted: true,
  title: 'The programme’s status does not allow this',
  advice:
    '`programmeStatus` says where it is. A draft can be changed in everything; what is published in its title, partners, prerequisites and syllabus; cohorts are published once their programme is.',
};

export const CohortStateConflict: ProblemType = {
  code: 'cohort-state-conflict',
  status: 409,
  uncounted: true,
  title: 'The cohort’s status does not allow this',
  advice:
    '`cohortStatus` says where it is. A cohort is changed until it begins and cancelled until it is completed; its results are written once it has begun; what is cancelled stays so.',
};

export const ApplicationWindowClosed: ProblemType = {
  code: 'application-window-closed',
  status: 409,
  uncounted: true,
  title: 'Nobody can apply today',
  advice: '`applications` says from which day to which, in `timeZone`, applications are taken. Nothing was stored.',
};

export const AlreadyApplied: ProblemType = {
  code: 'already-applied',
  status: 409,
  uncounted: true,
  title: 'This person is applied for already, or was decided about',
  advice:
    '`applicationId` is that application. Somebody can be applied for again only after theirs was withdrawn or has lapsed.',
};

export const NomineeElsewhere: ProblemType = {
  code: 'nominee-elsewhere',
  status: 409,
  uncounted: true,
  title: 'The nominee is confirmed for another cohort on the same day',
  advice:
    '`applicationId` is that application, `cohortId` its cohort. Withdraw it, or this one: nobody can be in two places at a time.',
};

export const PrerequisitesNotMet: ProblemType = {
  code: 'prerequisites-not-met',
  status: 422,
  title: 'A nominee does not have what the programme asks for',
  advice:
    '`errors` names the nominee and what is missing: the profession, the years of practice, or a language at the level asked for.',
};

export const NomineeNotPseudonymous: ProblemType = {
  code: 'nominee-not-pseudonymous',
  status: 422,
  title: 'The nominee’s pseudonym looks like personal data',
  advice:
    'Send only the pseudonym your institution issued. The value was neither stored nor logged, and is not repeated here. The name for the certificate is given once a seat is confirmed.',
};

export const ApplicationStateConflict: ProblemType = {
  code: 'application-state-conflict',
  status: 409,
  uncounted: true,
  title: 'The application’s status does not allow this',
  advice: '`applicationStatus` says where it is, `allowedFrom` where it would have to be. Read it again.',
};

export const ConfirmationLate: ProblemType = {
  code: 'confirmation-late',
  status: 409,
  uncounted: true,
  title: 'The seat was to be confirmed before',
  advice:
    'Its time was over at `confirmBy`, and it goes to the next in line. Apply again while applications are taken.',
};

export const AttendanceOutsideDates: ProblemType = {
  code: 'attendance-outside-dates',
  status: 422,
  title: 'The cohort has no such day',
  advice: 'Attendance is recorded for the days of the cohort: `days` where it names them, else every day of `dates`.',
};

export const AttendanceTooEarly: ProblemType = {
  code: 'attendance-too-early',
  status: 409,
  uncounted: true,
  title: 'The day has not begun',
  advice: 'Record attendance from the day on, in the cohort’s time zone.',
};

export const CompletionRuleNotMet: ProblemType = {
  code: 'completion-rule-not-met',
  status: 409,
  uncounted: true,
  title: 'What the programme asks for is not met',
  advice:
    '`attended` of `days` were attended, `needed` are asked for; where there is an assessment, `assessmentPassed` has to say that it was passed. Nobody completes before the last day.',
};

export const ApplicationNotCompleted: ProblemType = {
  code: 'application-not-completed',
  status: 409,
  uncounted: true,
  title: 'The programme was not completed',
  advice: '`applicationStatus` says where the application is. Complete it first, once the rule of completion is met.',
};

export const CredentialIssued: ProblemType = {
  code: 'credential-issued',
  status: 409,
  uncounted: true,
  title: 'There is a credential already',
  advice: '`credentialId` is that one. Revoke it before another one is issued.',
};

export const CredentialRevoked: ProblemType = {
  code: 'credential-revoked',
  status: 409,
  uncounted: true,
  title: 'The credential is revoked',
  advice: 'It stays so. Another one can be issued for the application.',
};

export const TRAINING_PROBLEMS: readonly ProblemType[] = [
  SeatsDoNotAddUp,
  SeatsBelowAccepted,
  AgreementNotUsable,
  ProgrammeStateConflict,
  CohortStateConflict,
  ApplicationWindowClosed,
  AlreadyApplied,
  NomineeElsewhere,
  PrerequisitesNotMet,
  NomineeNotPseudonymous,
  ApplicationStateConflict,
  ConfirmationLate,
  AttendanceOutsideDates,
  AttendanceTooEarly,
  CompletionRuleNotMet,
  ApplicationNotCompleted,
  CredentialIssued,
  CredentialRevoked,
  ...FUNDING_PROBLEMS,
];
