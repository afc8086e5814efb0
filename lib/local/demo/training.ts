/**
 * The programmes of the demonstration: one of each kind that the sources speak of. They name who trains whom and where, but no
 * dates, sizes or people: these are made up, and the programmes marked `illustrative`.
 */

export interface DemoProgramme {
  readonly host: string;
  /** Its idempotency keys begin with this. */
  readonly key: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** By the year in which the demonstration is made: it is held in the next. */
  readonly cohort: (year: number) => Readonly<Record<string, unknown>> & { readonly seats: object };
  /** Who alone may apply. */
  readonly invited?: readonly string[];
  /** Seats that are kept for an institution, until applications end. */
  readonly kept?: { readonly by: string; readonly seats: number };
  readonly applications: readonly DemoApplication[];
  /** What there is for travel to its cohort. */
  readonly budget?: Readonly<Record<string, unknown>>;
}

export interface DemoApplication {
  readonly by: string;
  /** Pseudonyms; several are a group. */
  readonly nominees: readonly string[];
  readonly profession: 'surgeon' | 'physician';
  /** How far it has come. */
  readonly status: 'submitted' | 'accepted' | 'confirmed';
}

/** Those of the cohort begin in March; applications are taken until the end of January. */
const applications = (year: number) => ({ from: `${String(year)}-01-01`, to: `${String(year + 1)}-01-31` });
const inMarch = (year: number, first: string, last: string) => ({
  dates: { from: `${String(year + 1)}-03-${first}`, to: `${String(year + 1)}-03-${last}` },
  applications: applications(year),
});

export const DEMO_PROGRAMMES: readonly DemoProgramme[] = [
  {
    // Mutual training seminars of the association of directors, held by its centre in Minsk.
    ...{ host: 'alexandrov', key: 'seminar' },
    body: {
      kind: 'seminar',
      title: { en: 'Seminar on tumours of the head and neck', ru: 'Семинар по опухолям головы и шеи' },
      fields: ['head-and-neck-surgery', 'radiation-oncology'],
      languages: [{ language: 'ru', level: 'B2' }],
      reviewsNeeded: 0,
    },
    cohort: (year) => ({
      ...inMarch(year, '02', '04'),
      timeZone: 'Europe/Minsk',
      venue: { place: { country: 'BY', city: { en: 'Minsk', ru: 'Минск' } } },
      seats: { minimum: 8, total: 20 },
      funding: { source: 'host' },
    }),
    budget: { payer: { source: 'host' }, limit: { amount: 500_000, currency: 'BYN' } },
    applications: [
      { by: 'kazior', nominees: ['KZ-STAFF-101'], profession: 'surgeon', status: 'confirmed' },
      { by: 'almazov', nominees: ['SPB-STAFF-7'], profession: 'physician', status: 'submitted' },
    ],
  },
  {
    // Two head-and-neck surgeons at a leading clinic in Shanghai, by invitation of the Chinese side.
    ...{ host: 'shanghai', key: 'fellowship' },
    body: {
      kind: 'fellowship',
      title: { en: 'Fellowship in head and neck surgery', ru: 'Стажировка по хирургии головы и шеи' },
      fields: ['head-and-neck-surgery'],
      languages: [{ language: 'en', level: 'B2' }],
      prerequisites: { professions: ['surgeon'], yearsOfPractice: 3 },
      completion: { attendancePercent: 90 },
      reviewsNeeded: 0,
    },
    cohort: (year) => ({
      ...inMarch(year, '01', '31'),
      timeZone: 'Asia/Shanghai',
      venue: { place: { country: 'CN', city: { en: 'Shanghai', ru: 'Шанхай' } } },
      seats: { minimum: 1, total: 3 },
      confirmWithinDays: 60,
    }),
    kept: { by: 'alexandrov', seats: 2 },
    applications: [
      { by: 'alexandrov', nominees: ['MSK-STAFF-11', 'MSK-STAFF-12'], profession: 'surgeon', status: 'accepted' },
    ],
  },
  {
    // A masterclass with an invited foreign specialist, held in Kazakhstan.
    ...{ host: 'kazior', key: 'workshop' },
    body: {
      kind: 'workshop',
      title: {
        en: 'Workshop with an invited neurosurgeon',
        ru: 'Мастер-класс приглашённого нейрохирурга',
      },
      fields: ['neurosurgery'],
      languages: [{ language: 'ru', level: 'B1' }],
      reviewsNeeded: 0,
    },
    cohort: (year) => ({
      ...inMarch(year, '16', '18'),
      timeZone: 'Asia/Almaty',
      venue: { place: { country: 'KZ', city: { en: 'Almaty', ru: 'Алматы' } } },
      seats: { minimum: 2, total: 6 },
      confirmWithinDays: 60,
    }),
    applications: [{ by: 'bishkek', nominees: ['KG-STAFF-3'], profession: 'surgeon', status: 'accepted' }],
  },
  {
    // Specialists see leading clinics in Shanghai, by invitation of the Chinese side.
    ...{ host: 'shanghai', key: 'visit' },
    body: {
      kind: 'expert-visit',
      title: { en: 'Expert visit to clinics in Shanghai', ru: 'Визит экспертов в клиники Шанхая' },
      fields: ['head-and-neck-surgery'],
      languages: [{ language: 'en', level: 'B1' }],
      reviewsNeeded: 0,
    },
    invited: ['alexandrov'],
    cohort: (year) => ({
      ...inMarch(year, '22', '26'),
      timeZone: 'Asia/Shanghai',
      venue: { place: { country: 'CN', city: { en: 'Shanghai', ru: 'Шанхай' } } },
      seats: { minimum: 1, total: 2 },
      agenda: [
        { date: `${String(year + 1)}-03-22`, at: '09:30', title: { en: 'Rounds', ru: 'Обход' } },
        { date: `${String(year + 1)}-03-26`, title: { en: 'Final discussion', ru: 'Заключительное обсуждение' } },
      ],
      confirmWithinDays: 60,
    }),
    applications: [{ by: 'alexandrov', nominees: ['MSK-STAFF-21'], profession: 'surgeon', status: 'confirmed' }],
  },
];
