import type { ProblemType } from './http/problem.ts';

/** The refusals that cohorts and events have in common. */

export const ImpossibleDates: ProblemType = {
  code: 'impossible-dates',
  status: 422,
  title: 'The dates cannot be kept, or overlap where they must not',
  advice:
    'What ends does so after it begins, and is not over; applications and registrations end by the day they are for; what is kept for an institution is released by then, too; days of attendance, agendas and sessions lie within the dates of what they belong to. `errors` names the field at fault.',
};

export const NotInvited: ProblemType = {
  code: 'not-invited',
  status: 409,
  uncounted: true,
  title: 'This is for institutions that were invited',
  advice: '`invited` names them. Ask its host for an invitation. Nothing was stored.',
};

export const InvitationMissing: ProblemType = {
  code: 'invitation-missing',
  status: 409,
  uncounted: true,
  title: 'Nobody is invited',
  advice:
    'An expert visit, and an event that only those see who are invited, are by invitation: name them in `invited`, then publish it.',
};

export const MustRecuse: ProblemType = {
  code: 'must-recuse',
  status: 409,
  uncounted: true,
  title: 'Nobody reviews what is of their own institution',
  advice: 'A reviewer of another institution scores it.',
};

export const AlreadyReviewed: ProblemType = {
  code: 'already-reviewed',
  status: 409,
  uncounted: true,
  title: 'You have reviewed this already',
  advice: 'A review stands as it was given; others of your institution may give theirs.',
};

export const ReviewsMissing: ProblemType = {
  code: 'reviews-missing',
  status: 409,
  uncounted: true,
  title: 'There are too few reviews for a decision',
  advice: '`needed` says how many are asked for, `given` how many there are.',
};

export const MEETING_PROBLEMS: readonly ProblemType[] = [
  ImpossibleDates,
  NotInvited,
  InvitationMissing,
  MustRecuse,
  AlreadyReviewed,
  ReviewsMissing,
];
