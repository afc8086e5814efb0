import type { Subject } from './bad-bodies.ts';
import { fundingSubjects, wrongPayers } from './bad-funding.ts';
import type { OperationId } from './routes.ts';
import { aCohortBody, aNominee, aProgrammeBody, day } from './training.ts';

/** Bodies of programmes, cohorts and applications that no request may have. */

const OTHER = '019a8f3e-7c00-7a11-8000-00000000abcd';
const NOTHING: Subject['wrong'] = [['/remark', { remark: 'x' }]];
const nominees = (over: object) => ({ nominees: [aNominee(over)] });
const seats = (over: object) => ({ seats: { total: 2, ...over } });

/** @param body one with nothing wrong */
const wrongProgrammes = (body: (over: object) => Readonly<Record<string, unknown>>): Subject['wrong'] => [
  ['/title', body({ title: {} })],
  ['/title', body({ title: { en: 'Call +375 29 765 43 21' } })],
  ['/fields/0', body({ fields: ['homeopathy'] })],
  ['/fields', body({ fields: [] })],
  ['/languages/0/level', body({ languages: [{ language: 'en', level: 'fluent' }] })],
  ['/languages/0/language', body({ languages: [{ language: 'English', level: 'B1' }] })],
  ['/languages', body({ languages: ['B1', 'B2'].map((level) => ({ language: 'en', level })) })],
  ['/partners/0', body({ partners: ['alexandrov'] })],
  ['/partners', body({ partners: [OTHER, OTHER] })],
  ['/prerequisites/professions/0', body({ prerequisites: { professions: ['wizard'] } })],
  ['/prerequisites/yearsOfPractice', body({ prerequisites: { yearsOfPractice: -1 } })],
  ['/syllabus/0/documentId', body({ syllabus: [{ documentId: 'the old one', title: { en: 'x' } }] })],
  ['/completion/attendancePercent', body({ completion: { attendancePercent: 101 } })],
  ['/completion/assessment', body({ completion: { assessment: 'oral' } })],
  ['/credits/scheme', body({ credits: { scheme: 'stars', amount: 5 } })],
  ['/credits/amount', body({ credits: { scheme: 'CME', amount: 0 } })],
  ['/reviewsNeeded', body({ reviewsNeeded: 6 })],
  ['/hostId', body({ hostId: OTHER })],
];

const wrongCohorts = (body: (over: object) => Readonly<Record<string, unknown>>): Subject['wrong'] => [
  ['/dates/from', body({ dates: { from: '2026-02-30', to: day(9) } })],
  ['/dates/to', body({ dates: { from: day(9) } })],
  ['/days/0', body({ days: ['Monday'] })],
  ['/venue', body({ venue: {} })],
  ['/venue/link', body({ venue: { link: 'http://example.org' } })],
  ['/venue/place/country', body({ venue: { place: { country: 'XX', city: { en: 'Minsk' } } } })],
  ['/seats/total', body(seats({ total: 0 }))],
  ['/seats/total', body(seats({ total: 501 }))],
  ['/seats/kept/0/institutionId', body(seats({ kept: [{ institutionId: 'minsk', seats: 1, releaseDate: day(1) }] }))],
  ['/seats/kept/0/releaseDate', body(seats({ kept: [{ institutionId: OTHER, seats: 1 }] }))],
  ['/applications/to', body({ applications: { from: day(0), to: 'later' } })],
  ['/confirmWithinDays', body({ confirmWithinDays: 61 })],
  ['/invited/0', body({ invited: ['minsk'] })],
  ['/invited', body({ invited: [OTHER, OTHER] })],
  ['/agenda/0/at', body({ agenda: [{ date: day(30), at: '9.30', title: { en: 'Rounds' } }] })],
  ['/agenda/0/title', body({ agenda: [{ date: day(30), title: { en: 'With ivanov@example.org' } }] })],
  ['/balance', body({ balance: { free: 9 } })],
  ...wrongPayers('/funding', (funding) => body({ funding })),
];

export const trainingSubjects: Readonly<Partial<Record<OperationId, Subject>>> = {
  ...fundingSubjects,
  createProgramme: {
    side: 'provider',
    body: aProgrammeBody(),
    wrong: [
      ...wrongProgrammes(aProgrammeBody),
      ['/kind', aProgrammeBody({ kind: 'congress' })],
      ['/agreementId', aProgrammeBody({ agreementId: 'the old one' })],
    ],
  },
  updateProgramme: {
    side: 'provider',
    body: {},
    wrong: [
      ...wrongProgrammes((over) => ({ ...over })),
      ['/kind', { kind: 'seminar' }],
      ['/status', { status: 'draft' }],
    ],
  },
  createCohort: {
    side: 'provider',
    body: aCohortBody(),
    wrong: [
      ...wrongCohorts(aCohortBody),
      ['/timeZone', aCohortBody({ timeZone: 'Mars/Olympus' })],
      ['/status', aCohortBody({ status: 'published' })],
    ],
  },
  updateCohort: {
    side: 'provider',
    body: {},
    wrong: [
      ...wrongCohorts((over) => ({ ...over })),
      ['/timeZone', { timeZone: 'UTC' }],
      ['/status', { status: 'completed' }],
      ['/results/summary', { results: {} }],
      ['/results/summary', { results: { summary: 'Call +375 29 765 43 21' } }],
      ['/results/documents/0', { results: { summary: 'Fine.', documents: ['the report'] } }],
      ['/cancellationReason', { status: 'cancelled', cancellationReason: 'because of Ivanov' }],
    ],
  },
  createApplication: {
    side: 'beneficiary',
    body: nominees({}),
    wrong: [
      ['/nominees', {}],
      ['/nominees', { nominees: [] }],
      ['/nominees', { nominees: Array.from({ length: 11 }, () => aNominee()) }],
      ['/nominees', { nominees: [aNominee({ pseudonym: 'STAFF-1' }), aNominee({ pseudonym: 'STAFF-1' })] }],
      ['/nominees/0/pseudonym', nominees({ pseudonym: undefined })],
      ['/nominees/0/profession', nominees({ profession: 'wizard' })],
      ['/nominees/0/yearsOfPractice', nominees({ yearsOfPractice: 1.5 })],
      ['/nominees/0/name', nominees({ name: 'Ivanov' })],
      ['/motivation', { ...nominees({}), motivation: '' }],
      ['/motivation', { ...nominees({}), motivation: 'Call +375 29 765 43 21' }],
      ['/documents/0', { ...nominees({}), documents: ['cv'] }],
    ],
  },
  reviewApplication: {
    side: 'provider',
    body: { score: 50 },
    wrong: [
      ['/score', {}],
      ['/score', { score: 101 }],
      ['/score', { score: 'good' }],
      ['/recommendation', { score: 50, recommendation: 'take her' }],
    ],
  },
  acceptApplication: { side: 'provider', body: {}, wrong: NOTHING },
  declineApplication: {
    side: 'provider',
    body: {},
    wrong: [
      ['/reason', { reason: 'too old' }],
      ['/reason', { reason: null }],
    ],
  },
  confirmApplication: { side: 'beneficiary', body: {}, wrong: NOTHING },
  withdrawApplication: { side: 'beneficiary', body: {}, wrong: NOTHING },
  completeApplication: { side: 'provider', body: {}, wrong: [['/assessmentPassed', { assessmentPassed: 'yes' }]] },
  recordAttendance: {
    side: 'provider',
    body: { presence: 'present' },
    wrong: [
      ['/presence', {}],
      ['/presence', { presence: 'late' }],
      ['/remark', { presence: 'present', remark: 'x' }],
    ],
  },
  nameTrainee: {
    side: 'beneficiary',
    body: { displayName: 'A. Nonymous', consent: true },
    wrong: [
      ['/consent', { displayName: 'A. Nonymous' }],
      ['/consent', { displayName: 'A. Nonymous', consent: false }],
      ['/displayName', { consent: true }],
      ['/displayName', { displayName: 'a@b.example', consent: true }],
    ],
  },
  issueCredential: { side: 'provider', body: {}, wrong: NOTHING },
  eraseAttendeeName: { side: 'beneficiary', body: {}, wrong: NOTHING },
  issueAttendanceCredential: {
    side: 'provider',
    body: {},
    wrong: [
      ...NOTHING,
      ['/consent', { displayName: 'A. Nonymous' }],
      ['/consent', { consent: true }],
      ['/displayName', { displayName: 'a@example.org', consent: true }],
    ],
  },
  revokeCredential: {
    side: 'provider',
    body: { reason: 'other' },
    wrong: [
      ['/reason', {}],
      ['/reason', { reason: 'he was rude' }],
    ],
  },
};
