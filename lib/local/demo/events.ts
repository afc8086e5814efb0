/**
 * The events of the demonstration: one of each kind that the sources speak of. They name who holds what and where, but no dates,
 * sizes or people: these are made up, and the events marked `illustrative`.
 */

export interface DemoEvent {
  readonly organiser: string;
  /** Its idempotency keys begin with this. */
  readonly key: string;
  /** By the year in which the demonstration is made: it is held in the next. */
  readonly body: (year: number) => Readonly<Record<string, unknown>>;
  /** Who is invited. */
  readonly invited?: readonly string[];
  /** Places on site that are kept for an institution. */
  readonly kept?: { readonly for: string; readonly places: number };
  readonly places?: {
    readonly 'on-site'?: { readonly capacity: number };
    readonly online?: { readonly capacity: number };
  };
  /** The last day on which one can register. */
  readonly until?: (year: number) => string;
  readonly sessions?: (year: number) => readonly Readonly<Record<string, unknown>>[];
  /** Pseudonyms of those who are registered, by their institution. */
  readonly registered?: Readonly<Record<string, readonly string[]>>;
  readonly mode?: 'on-site' | 'online';
  readonly abstracts?: readonly { readonly by: string; readonly body: Readonly<Record<string, unknown>> }[];
}

const title = (en: string, ru: string) => ({ en, ru });

export const DEMO_EVENTS: readonly DemoEvent[] = [
  {
    // The congress of the association's countries, held in Belarus.
    ...{ organiser: 'alexandrov', key: 'congress', kept: { for: 'bishkek', places: 5 } },
    places: { 'on-site': { capacity: 400 }, online: { capacity: 1000 } },
    until: (year) => `${String(year + 1)}-04-15`,
    body: (year) => ({
      kind: 'congress',
      title: title(
        'Congress of Oncologists of the CIS and Eurasia',
        'Съезд онкологов и радиологов стран СНГ и Евразии',
      ),
      languages: ['ru', 'en'],
      timeZone: 'Europe/Minsk',
      ...{ starts: `${String(year + 1)}-04-22T09:00`, ends: `${String(year + 1)}-04-24T18:00` },
      venue: { place: { country: 'BY', city: title('Minsk', 'Минск') } },
      visibility: 'public',
      sponsors: [{ name: { en: 'Belarusian Association of Doctors', ru: 'Белорусская ассоциация врачей' } }],
      rooms: [
        { id: 'great-hall', name: title('Great Hall', 'Большой зал') },
        { id: 'hall-2', name: title('Hall 2', 'Зал 2') },
      ],
      tracks: [{ id: 'children', name: title('Children with brain tumours', 'Дети с опухолями мозга') }],
      call: {
        ...{ opens: `${String(year)}-01-01T00:00`, closes: `${String(year + 1)}-02-28T23:59` },
        types: ['oral', 'poster', 'case-report'],
        topics: [
          { id: 'protons', title: title('Proton therapy', 'Протонная терапия') },
          { id: 'genetics', title: title('Molecular genetics', 'Молекулярная генетика') },
        ],
      },
    }),
    sessions: (year) => {
      const at = (from: string, to: string) => ({
        starts: `${String(year + 1)}-04-22T${from}`,
        ends: `${String(year + 1)}-04-22T${to}`,
      });
      return [
        { title: title('Opening', 'Открытие'), kind: 'plenary', ...at('09:00', '10:00'), room: 'great-hall' },
        {
          ...{ title: title('Protons for children', 'Протоны для детей'), kind: 'lecture', ...at('10:30', '12:00') },
          ...{ room: 'great-hall', track: 'children', speakers: [{ code: 'SPK-1' }, { code: 'SPK-2' }] },
        },
        {
          ...{ title: title('Genetics of sarcomas', 'Генетика сарком'), kind: 'lecture', ...at('10:30', '12:00') },
          ...{ room: 'hall-2', speakers: [{ code: 'SPK-3' }] },
        },
      ];
    },
    registered: { kazior: ['KZ-STAFF-101', 'KZ-STAFF-102'], almazov: ['SPB-STAFF-7'], bishkek: ['BSH-STAFF-3'] },
    abstracts: [
      {
        by: 'kazior',
        body: {
          ...{ language: 'en', title: 'An illustration: craniospinal protons', type: 'oral', topic: 'protons' },
          text: 'What an abstract says would stand here.',
          authors: [
            {
              ...{ displayName: 'Josiah Carberry', orcid: 'https://orcid.org/0000-0002-1825-0097', presenting: true },
              affiliation: { name: 'An illustration', country: 'KZ' },
            },
          ],
          consent: true,
        },
      },
    ],
  },
  {
    // Conferences and seminars of the association's centres.
    ...{ organiser: 'kazior', key: 'seminar-gamma', places: { 'on-site': { capacity: 25 } } },
    until: (year) => `${String(year + 1)}-05-01`,
    body: (year) => ({
      kind: 'seminar',
      title: title('Seminar on radiosurgery', 'Семинар по радиохирургии'),
      languages: ['ru'],
      timeZone: 'Asia/Almaty',
      ...{ starts: `${String(year + 1)}-05-14T10:00`, ends: `${String(year + 1)}-05-14T16:00` },
      venue: { place: { country: 'KZ', city: title('Almaty', 'Алматы') } },
      approval: true,
      visibility: 'partners',
    }),
    registered: { tashkent: ['TAS-STAFF-4'] },
  },
  {
    // A telebridge on cases, between centres that are named.
    ...{ organiser: 'almazov', key: 'telebridge', invited: ['alexandrov', 'muscat'], mode: 'online' },
    body: (year) => ({
      kind: 'telebridge',
      title: title('Telebridge on glioblastoma', 'Телемост по глиобластоме'),
      languages: ['en'],
      timeZone: 'Europe/Moscow',
      ...{ starts: `${String(year + 1)}-02-10T12:00`, ends: `${String(year + 1)}-02-10T13:30` },
      venue: { link: 'https://meet.example.org/telebridge' },
      cases: [{ code: 'C-1', topic: title('Recurrence after radiotherapy', 'Рецидив после лучевой терапии') }],
    }),
    registered: { muscat: ['MCT-STAFF-2'] },
  },
];
