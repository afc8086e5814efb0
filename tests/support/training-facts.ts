import type { Agent } from '../../lambdas/shared/auth/agent.ts';
import { Problem } from '../../lambdas/shared/http/problem.ts';
import { type Application, newApplication } from '../../lambdas/training/application-model.ts';
import { type Cohort, newCohort } from '../../lambdas/training/cohort-model.ts';
import { newProgramme, type Programme } from '../../lambdas/training/programme-model.ts';

/** A programme, a cohort and an application, as the model has them. */

export const [HOST, PARTNER, APPLICANT, OTHER] = ['host', 'partner', 'applicant', 'other'];
export const by = (actor: string, institutionId: string): Agent => ({ actor, role: 'coordinator', institutionId });
export const deed = (institutionId: string, now = NOW, actor = institutionId) => ({
  by: by(actor, institutionId),
  institutionId,
  now,
});
export const at = (moment: string): Date => new Date(moment);
export const NOW = at('2026-03-01T09:00:00Z');

export const programme: Programme = {
  ...newProgramme(
    '019a8f3e-7c00-7a11-8000-000000000001',
    {
      ...{ kind: 'course', title: { en: 'Head and neck' }, fields: ['head-and-neck-surgery'], syllabus: [] },
      ...{ languages: [{ language: 'en', level: 'B2' }], partners: [PARTNER], reviewsNeeded: 1 },
      prerequisites: { professions: ['surgeon'], yearsOfPractice: 2 },
      completion: { attendancePercent: 80, assessment: false },
    },
    deed(HOST),
    undefined,
  ),
  status: 'published',
};

export const body = {
  dates: { from: '2026-05-04', to: '2026-05-08' },
  timeZone: 'Europe/Minsk',
  venue: { place: { country: 'BY', city: { en: 'Minsk' } } },
  seats: { minimum: 2, total: 10, kept: [{ institutionId: APPLICANT, seats: 3, releaseDate: '2026-04-20' }] },
  applications: { from: '2026-03-10', to: '2026-04-10' },
  confirmWithinDays: 7,
  invited: [],
  agenda: [],
};
export const cohort: Cohort = {
  ...newCohort('019a8f3e-7c00-7a11-8000-000000000002', programme, body, deed(HOST)),
  status: 'published',
};

export const nominee = {
  pseudonym: 'STAFF-1',
  profession: 'surgeon' as const,
  yearsOfPractice: 5,
  languages: [{ language: 'en', level: 'C1' as const }],
};
export const application: Application = newApplication(
  cohort,
  { id: '1', institutionId: APPLICANT, nominee, documents: [], motivation: 'To learn.' },
  by('somebody', APPLICANT),
  NOW,
);

/** What happened in a word: the code of a refusal, or `done`. */
export function outcome(operation: () => unknown): string {
  try {
    operation();
    return 'done';
  } catch (error) {
    if (error instanceof Problem) return error.type.code;
    throw error;
  }
}
