import type { ProblemType } from '../shared/http/problem.ts';

export const InvalidUnsubscribeLink = {
  code: 'invalid-unsubscribe-link',
  status: 400,
  title: 'The link to end mail is not one of the Hub’s',
  advice: 'Open the link as it is in the mail, whole and unchanged.',
} as const satisfies ProblemType;
