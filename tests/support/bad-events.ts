import { aCall, anAbstractBody, anAuthor } from './abstracts.ts';
import type { Subject } from './bad-bodies.ts';
import { anEventBody } from './events.ts';
import { aRegistrationBody } from './registrations.ts';
import type { OperationId } from './routes.ts';
import { aSessionBody } from './sessions.ts';
import { day } from './training.ts';

/** Bodies of events that no request may have. */

const OTHER = '019a8f3e-7c00-7a11-8000-00000000abcd';
const NOTHING: Subject['wrong'] = [['/remark', { remark: 'x' }]];
const places = (over: object) => ({ places: { online: { capacity: 5, ...over } } });
const kept = (over: object) => places({ kept: [{ institutionId: OTHER, places: 1, releaseDate: day(1), ...over }] });

/** @param body one with nothing wrong */
const wrongEvents = (body: (over: object) => Readonly<Record<string, unknown>>): Subject['wrong'] => [
  ['/title', body({ title: {} })],
  ['/title', body({ title: { en: 'Call +375 29 765 43 21' } })],
  ['/summary', body({ summary: { en: 'With ivanov@example.org' } })],
  ['/coOrganisers/0', body({ coOrganisers: ['alexandrov'] })],
  ['/coOrganisers', body({ coOrganisers: [OTHER, OTHER] })],
  ['/languages', body({ languages: [] })],
  ['/languages/0', body({ languages: ['English'] })],
  ['/timeZone', body({ timeZone: 'Mars/Olympus' })],
  ['/starts', body({ starts: '2026-02-30T09:00' })],
  ['/starts', body({ starts: day(30) })],
  ['/ends', body({ ends: `${day(31)}T24:00` })],
  ['/ends', body({ ends: `${day(31)}T09:00:00Z` })],
  ['/venue/link', body({ venue: { link: 'http://example.org' } })],
  ['/venue/place/country', body({ venue: { place: { country: 'XX', city: { en: 'Minsk' } } } })],
  ['/places', body({ places: {} })],
  ['/places/lobby', body({ places: { lobby: { capacity: 1 } } })],
  ['/places/online/capacity', body(places({ capacity: 0 }))],
  ['/places/online/capacity', body(places({ capacity: 5001 }))],
  ['/places/online/kept/0/institutionId', body(kept({ institutionId: 'minsk' }))],
  ['/places/online/kept/0/places', body(kept({ places: 0 }))],
  ['/places/online/kept/0/releaseDate', body(kept({ releaseDate: 'soon' }))],
  ['/registration/to', body({ registration: { from: day(0), to: 'later' } })],
  ['/approval', body({ approval: 'yes' })],
  ['/offerHours', body({ offerHours: 0 })],
  ['/fee/money/currency', body({ fee: { money: { amount: 5, currency: 'ABC' } } })],
  ['/fee/money/amount', body({ fee: { money: { amount: 0.5, currency: 'EUR' } } })],
  ['/sponsors/0/name', body({ sponsors: [{ name: {} }] })],
  ['/visibility', body({ visibility: 'friends' })],
  ['/invited/0', body({ invited: ['minsk'] })],
  ['/invited', body({ invited: [OTHER, OTHER] })],
  ['/cases/0/code', body({ cases: [{ code: 'Ivanov', topic: { en: 'Glioblastoma' } }] })],
  ['/cases/0/question', body({ cases: [{ code: 'C-1', topic: { en: 'x' }, question: 'Ask a@example.org' }] })],
  ['/cases', body({ cases: ['C-1', 'C-1'].map((code) => ({ code, topic: { en: 'x' } })) })],
  ['/rooms/0/id', body({ rooms: [{ id: 'Great Hall', name: { en: 'Great Hall' } }] })],
  ['/tracks', body({ tracks: ['a', 'a'].map((id) => ({ id, name: { en: 'x' } })) })],
  ['/call/closes', body({ call: aCall({ closes: 'in June' }) })],
  ['/call/types', body({ call: aCall({ types: [] }) })],
  ['/call/topics', body({ call: aCall({ topics: ['a', 'a'].map((id) => ({ id, title: { en: 'x' } })) }) })],
  ['/call/maxCharacters', body({ call: aCall({ maxCharacters: 99 }) })],
  ['/call/reviewsPerAbstract', body({ call: aCall({ reviewsPerAbstract: 0 }) })],
  ['/organiserId', body({ organiserId: OTHER })],
  ['/balance', body({ balance: {} })],
];

/** @param body one with nothing wrong */
const wrongAbstracts = (body: (over: object) => Readonly<Record<string, unknown>>): Subject['wrong'] => [
  ['/language', body({ language: 'English' })],
  ['/title', body({ title: '' })],
  ['/title', body({ title: 'half a letter \ud800' })],
  ['/text', body({ text: '' })],
  ['/text', body({ text: 'x'.repeat(20_001) })],
  ['/type', body({ type: 'dance' })],
  ['/topic', body({ topic: 'Proton therapy' })],
  ['/authors', body({ authors: [] })],
  ['/authors/0/displayName', body({ authors: [anAuthor({ displayName: 'ivanov@example.org' })] })],
  ['/authors/0/affiliation', body({ authors: [anAuthor({ affiliation: 'Minsk' })] })],
  ['/authors/0/affiliation/country', body({ authors: [anAuthor({ affiliation: { name: 'x', country: 'XX' } })] })],
  // The last digit of the example that ORCID gives, and an address instead of the iD.
  ['/authors/0/orcid', body({ authors: [anAuthor({ orcid: 'https://orcid.org/0000-0002-1825-0098' })] })],
  ['/authors/0/orcid', body({ authors: [anAuthor({ orcid: '0000-0002-1825-0097' })] })],
  ['/status', body({ status: 'accepted' })],
];

/** @param body one with nothing wrong */
const wrongSessions = (body: (over: object) => Readonly<Record<string, unknown>>): Subject['wrong'] => [
  ['/title', body({ title: {} })],
  ['/starts', body({ starts: 'at nine' })],
  ['/ends', body({ ends: `${day(30)}T25:00` })],
  ['/room', body({ room: 'Hall A' })],
  ['/track', body({ track: '' })],
  ['/link', body({ link: 'ftp://example.org' })],
  ['/languages/0', body({ languages: ['English'] })],
  ['/chairs/0/code', body({ chairs: [{ code: 'Ivanov' }] })],
  ['/chairs', body({ chairs: ['SPK-1', 'SPK-1'].map((code) => ({ code })) })],
  ['/speakers/0/consent', body({ speakers: [{ code: 'SPK-1', displayName: 'Dr I.' }] })],
  ['/speakers/0/displayName', body({ speakers: [{ code: 'SPK-1', displayName: 'a@b.org', consent: true }] })],
  ['/status', body({ status: 'cancelled' })],
];

export const eventSubjects: Readonly<Partial<Record<OperationId, Subject>>> = {
  createEvent: {
    side: 'provider',
    body: anEventBody(),
    wrong: [
      ...wrongEvents(anEventBody),
      ['/kind', anEventBody({ kind: 'party' })],
      ['/places', anEventBody({ places: undefined })],
      ['/publish', anEventBody({ publish: 'yes' })],
      ['/status', anEventBody({ status: 'published' })],
    ],
  },
  updateEvent: {
    side: 'provider',
    body: {},
    wrong: [
      ...wrongEvents((over) => ({ ...over })),
      ['/kind', { kind: 'seminar' }],
      ['/status', { status: 'cancelled' }],
    ],
  },
  createCalendarLink: { side: 'provider', body: {}, wrong: NOTHING },
  revokeCalendarLink: { side: 'provider', body: {}, wrong: NOTHING },
  createRegistration: {
    side: 'provider',
    body: aRegistrationBody(),
    wrong: [
      ['/mode', aRegistrationBody({ mode: 'by-post' })],
      ['/attendees', aRegistrationBody({ attendees: [] })],
      ['/attendees', aRegistrationBody({ attendees: [{ pseudonym: 'STAFF-1x' }, { pseudonym: 'STAFF-1x' }] })],
      ['/attendees/0/pseudonym', aRegistrationBody({ attendees: [{ pseudonym: 'S1' }] })],
      ['/attendees/0/name', aRegistrationBody({ attendees: [{ pseudonym: 'STAFF-1x', name: 'Ivanov' }] })],
      [
        '/attendees/0/needs/dietary/0',
        aRegistrationBody({ attendees: [{ pseudonym: 'S-1x', needs: { dietary: ['fish'] } }] }),
      ],
      ['/needs/access', aRegistrationBody({ needs: { access: 'ramp' } })],
      ['/together', aRegistrationBody({ together: 'yes' })],
      ['/hold', aRegistrationBody({ hold: 1 })],
      ['/joinWaitlist', aRegistrationBody({ joinWaitlist: null })],
    ],
  },
  updateRegistration: {
    side: 'beneficiary',
    body: {},
    wrong: [
      ...NOTHING,
      ['/mode', { mode: 'online' }],
      ['/attendee/pseudonym', { attendee: { pseudonym: 'S1' } }],
      ['/needs/access/0', { needs: { access: ['ramp'] } }],
      ['/needs', { attendee: { pseudonym: 'STAFF-1x' }, needs: {} }],
    ],
  },
  checkInBatch: {
    side: 'provider',
    body: { checkIns: [{ registrationId: OTHER, at: new Date(0).toISOString() }] },
    wrong: [
      ['/checkIns', {}],
      ['/checkIns', { checkIns: [] }],
      ['/checkIns/0/registrationId', { checkIns: [{ registrationId: 'x', at: new Date(0).toISOString() }] }],
      ['/checkIns/0/at', { checkIns: [{ registrationId: OTHER, at: 'now' }] }],
    ],
  },
  approveRegistration: { side: 'provider', body: {}, wrong: NOTHING },
  declineRegistration: { side: 'provider', body: {}, wrong: NOTHING },
  confirmRegistration: { side: 'beneficiary', body: {}, wrong: NOTHING },
  acceptRegistrationOffer: { side: 'beneficiary', body: {}, wrong: NOTHING },
  declineRegistrationOffer: { side: 'beneficiary', body: {}, wrong: NOTHING },
  cancelRegistration: { side: 'beneficiary', body: {}, wrong: NOTHING },
  checkInRegistration: { side: 'provider', body: {}, wrong: NOTHING },
  createSession: {
    side: 'provider',
    body: aSessionBody(),
    wrong: [...wrongSessions(aSessionBody), ['/kind', aSessionBody({ kind: 'party' })]],
  },
  updateSession: { side: 'provider', body: {}, wrong: wrongSessions((over) => ({ ...over })) },
  createAbstract: {
    side: 'beneficiary',
    body: anAbstractBody(),
    wrong: [
      ...wrongAbstracts(anAbstractBody),
      ['/consent', anAbstractBody({ consent: false })],
      ['/consent', anAbstractBody({ consent: undefined })],
    ],
  },
  updateAbstract: { side: 'beneficiary', body: {}, wrong: wrongAbstracts((over) => ({ ...over })) },
  reviewAbstract: {
    side: 'provider',
    body: { score: 50 },
    wrong: [
      ['/score', {}],
      ['/score', { score: 101 }],
      ['/score', { score: 50.5 }],
      ['/comment', { score: 50, comment: 'Ask ivanov@example.org' }],
    ],
  },
  discussAbstract: {
    side: 'provider',
    body: { text: 'The follow-up is short.' },
    wrong: [
      ['/text', {}],
      ['/text', { text: 'Call +375 29 765 43 21' }],
    ],
  },
  acceptAbstract: { side: 'provider', body: {}, wrong: NOTHING },
  rejectAbstract: { side: 'provider', body: {}, wrong: [...NOTHING, ['/reason', { reason: 'Ivanov again' }]] },
  withdrawAbstract: { side: 'beneficiary', body: {}, wrong: NOTHING },
  placeAbstract: {
    side: 'provider',
    body: { sessionId: OTHER },
    wrong: [
      ['/sessionId', {}],
      ['/sessionId', { sessionId: 'plenary' }],
    ],
  },
  appointReviewer: {
    side: 'provider',
    body: { subject: 'reviewer-3', institutionId: OTHER, topics: ['protons'] },
    wrong: [
      ['/subject', { institutionId: OTHER, topics: ['protons'] }],
      ['/subject', { subject: 'Dr Ivanov', institutionId: OTHER, topics: ['protons'] }],
      ['/institutionId', { subject: 'reviewer-3', institutionId: 'minsk', topics: ['protons'] }],
      ['/topics', { subject: 'reviewer-3', institutionId: OTHER, topics: [] }],
      ['/topics', { subject: 'reviewer-3', institutionId: OTHER, topics: ['protons', 'protons'] }],
      ['/most', { subject: 'reviewer-3', institutionId: OTHER, topics: ['protons'], most: 0 }],
    ],
  },
  cancelEvent: {
    side: 'provider',
    body: { reason: 'other' },
    wrong: [
      ['/reason', {}],
      ['/reason', { reason: 'Ivanov is ill' }],
      ['/remark', { reason: 'other', remark: 'x' }],
    ],
  },
};
