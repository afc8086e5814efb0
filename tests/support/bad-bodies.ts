import { anAgreementBody, aProposal, VALIDITY } from './agreements.ts';
import { anInstitutionBody } from './institutions.ts';
import { DUE } from './loans.ts';
import type { OperationId } from './routes.ts';

/** Bodies of agreements, loans, transfers, ends of periods and institutions that no request may have. */

export interface Subject {
  readonly side: 'provider' | 'beneficiary' | 'lender';
  readonly body: Readonly<Record<string, unknown>>;
  /** A body with one thing wrong, and the pointer to it. */
  readonly wrong: readonly (readonly [pointer: string, body: unknown])[];
}

export const NOT_UNITS = [-1, 1.5, 2001, '5', null, true, [5], 1e300];
const OTHER = '019a8f3e-7c00-7a11-8000-00000000abcd';
const loan = (over: object) => ({ lendingGrantId: OTHER, units: 1, dueDate: DUE, ...over });
const moved = (over: object) => ({ receivingGrantId: OTHER, units: 1, ...over });

/** What is wrong with a version, wherever it is proposed. @param body one with nothing wrong */
function wrongVersions(body: (over: object) => Readonly<Record<string, unknown>>): Subject['wrong'] {
  const validity = (over: object) => body({ validity: { ...VALIDITY, ...over } });
  const terms = (over: object) => body({ terms: { services: ['proton-therapy'], ...over } });
  const funding = (over: object) => terms({ funding: [{ covers: 'travel', payer: 'host', ...over }] });
  const upTo = (over: object) => funding({ upTo: { amount: 5, currency: 'KZT', ...over } });
  const annex = (over: object) => body({ annexes: [{ hash: 'a'.repeat(64), title: { en: 'x' }, ...over }] });
  return [
    ['/title', body({ title: {} })],
    ['/title', body({ title: undefined })],
    ['/title', body({ title: { en: 'Call +375 29 765 43 21' } })],
    ['/title', body({ title: { en: 'half a letter \ud800' } })],
    ['/validity', body({ validity: undefined })],
    ['/validity/from', validity({ from: '2026-02-30' })],
    ['/validity/from', validity({ from: undefined })],
    ['/validity/to', validity({ to: 'never' })],
    ['/validity/timeZone', validity({ timeZone: 'Mars/Olympus' })],
    ['/validity/timeZone', validity({ timeZone: undefined })],
    ['/governingLaw', body({ governingLaw: 'XX' })],
    ['/governingLaw', body({ governingLaw: 'by' })],
    ['/governingLaw', body({ governingLaw: 'EU' })],
    ['/terms', body({ terms: {} })],
    ['/terms', body({ terms: 'as usual' })],
    ['/terms/services/0', body({ terms: { services: ['homeopathy'] } })],
    ['/terms/services', body({ terms: { services: ['pet-ct', 'pet-ct'] } })],
    ['/terms/programmes/0', terms({ programmes: ['congress'] })],
    ['/terms/remarks', terms({ remarks: 'for Ivanov' })],
    ['/terms/funding/0/payer', funding({ payer: 'Ivanov' })],
    ['/terms/funding/0/upTo/amount', upTo({ amount: 0.5 })],
    ['/terms/funding/0/upTo/amount', upTo({ amount: 0 })],
    ['/terms/funding/0/upTo/amount', upTo({ amount: 1e300 })],
    ['/terms/funding/0/upTo/currency', upTo({ currency: 'ABC' })],
    ['/terms/funding/0/upTo/currency', upTo({ currency: 'kzt' })],
    ['/annexes/0/hash', annex({ hash: 'A'.repeat(64) })],
    ['/annexes/0/title', annex({ title: undefined })],
    ['/annexes/0/url', annex({ url: 'https://example.org' })],
    ['/annexes', body({ annexes: Array.from({ length: 51 }, () => ({ hash: 'a'.repeat(64), title: { en: 'x' } })) })],
    ['/illustrative', body({ illustrative: 'no' })],
    ['/approve', body({ approve: 'yes' })],
    ['/hash', body({ hash: '0'.repeat(64) })],
  ];
}

const PARTIES = [{ id: OTHER }, { id: '019a8f3e-7c00-7a11-8000-00000000abce' }];
const agreement = (over: object) => anAgreementBody(PARTIES, over);
const following = (over: object) => ({ follows: '0'.repeat(64), ...aProposal(over) });

const webhook = (over: object) => ({ url: 'https://hooks.hospital.by/', ...over });
const wrongWebhooks = (body: (over: object) => object): Subject['wrong'] => [
  ['/url', body({ url: 7 })],
  ['/url', body({ url: '' })],
  ['/url', body({ url: `https://hooks.hospital.by/${'x'.repeat(500)}` })],
  ['/eventTypes', body({ eventTypes: 'all' })],
  ['/eventTypes', body({ eventTypes: [] })],
  ['/eventTypes/0', body({ eventTypes: ['booking.held'] })],
  ['/eventTypes', body({ eventTypes: Array.from({ length: 2 }, () => 'org.oncology-hub.booking.held.v1') })],
  ['/description', body({ description: '' })],
  ['/description', body({ description: 'x'.repeat(101) })],
  ['/description', body({ description: 'Call +375 29 765 43 21' })],
  ['/description', body({ description: 'half a letter \ud800' })],
  ['/secret', body({ secret: 'whsec_mine' })],
  ['/reason', body({ reason: 'gone' })],
];
const action: Subject = { side: 'beneficiary', body: {}, wrong: [['/reason', { reason: 'x' }]] };

export const webhookSubjects: Readonly<Partial<Record<OperationId, Subject>>> = {
  createWebhook: {
    side: 'beneficiary',
    body: webhook({}),
    wrong: [
      ...wrongWebhooks(webhook),
      ['/url', webhook({ url: undefined })],
      ['/signature', webhook({ signature: 'md5' })],
      ['/status', webhook({ status: 'disabled' })],
    ],
  },
  updateWebhook: {
    side: 'beneficiary',
    body: {},
    wrong: [
      ...wrongWebhooks((over) => over),
      ['/url', { url: null }],
      ['/signature', { signature: 'ed25519' }],
      ['/status', { status: 'removed' }],
      ['/status', { status: null }],
    ],
  },
  testWebhook: action,
  rotateWebhookSecret: action,
  replayDelivery: action,
};

export const agreementSubjects: Readonly<Partial<Record<OperationId, Subject>>> = {
  createAgreement: {
    side: 'provider',
    body: agreement({}),
    wrong: [
      ...wrongVersions(agreement),
      ['/kind', agreement({ kind: 'secret' })],
      ['/parties', agreement({ parties: [OTHER, OTHER] })],
      ['/parties', agreement({ parties: Array.from({ length: 31 }, () => crypto.randomUUID()) })],
      ['/parties', agreement({ parties: undefined })],
      ['/parties/1', agreement({ parties: [OTHER, 'alexandrov'] })],
      ['/follows', agreement({ follows: '0'.repeat(64) })],
    ],
  },
  proposeAgreementVersion: {
    side: 'provider',
    body: following({}),
    wrong: [
      ...wrongVersions(following),
      ['/follows', following({ follows: undefined })],
      ['/follows', following({ follows: 'latest' })],
      ['/kind', following({ kind: 'bilateral' })],
      ['/parties', following({ parties: [OTHER] })],
    ],
  },
  approveAgreement: {
    side: 'beneficiary',
    body: { hash: '0'.repeat(64) },
    wrong: [
      ['/hash', {}],
      ['/hash', { hash: 'latest' }],
      ['/hash', { hash: null }],
      ['/hash', { hash: 'A'.repeat(64) }],
      ['/institutionId', { hash: '0'.repeat(64), institutionId: OTHER }],
    ],
  },
  terminateAgreement: {
    side: 'provider',
    body: { reason: 'notice-given', from: '2098-01-01' },
    wrong: [
      ['/reason', {}],
      ['/reason', { reason: 'because of Ivanov' }],
      ['/from', { reason: 'notice-given', from: 'now' }],
      ['/from', { reason: 'notice-given', from: null }],
      ['/remark', { reason: 'notice-given', remark: 'x' }],
    ],
  },
};

export const closingSubjects: Readonly<Partial<Record<OperationId, Subject>>> = {
  closePeriod: {
    side: 'provider',
    body: { dryRun: true },
    wrong: [
      ['/nextPoolId', { dryRun: true, nextPoolId: 'next year' }],
      ['/nextPoolId', { dryRun: true, nextPoolId: null }],
      ['/dryRun', { dryRun: 'yes' }],
      ['/dryRun', { dryRun: 1 }],
      ['/force', { dryRun: true, force: true }],
    ],
  },
  restateUsage: {
    side: 'provider',
    body: { reason: 'correction' },
    wrong: [
      ['/reason', {}],
      ['/reason', { reason: 'for Ivanov' }],
      ['/version', { reason: 'correction', version: 2 }],
    ],
  },
};

export const loanSubjects: Readonly<Partial<Record<OperationId, Subject>>> = {
  proposeLoan: {
    side: 'beneficiary',
    body: loan({}),
    wrong: [
      ...[0, ...NOT_UNITS].map((units) => ['/units', loan({ units })] as const),
      ['/units', loan({ units: undefined })],
      ['/lendingGrantId', loan({ lendingGrantId: 'dimitrovgrad' })],
      ['/lendingGrantId', loan({ lendingGrantId: undefined })],
      ['/dueDate', loan({ dueDate: '2026-02-30' })],
      ['/dueDate', loan({ dueDate: '2098-01-01T00:00:00Z' })],
      ['/dueDate', loan({ dueDate: 'soon' })],
      ['/reason', loan({ reason: 'for Ivanov' })],
      ['/lenderId', loan({ lenderId: OTHER })],
    ],
  },
  transferUnits: {
    side: 'beneficiary',
    body: moved({}),
    wrong: [
      ...[0, ...NOT_UNITS].map((units) => ['/units', moved({ units })] as const),
      ['/receivingGrantId', moved({ receivingGrantId: 'all' })],
      ['/reason', moved({ reason: 'for Ivanov' })],
      ['/dueDate', moved({ dueDate: DUE })],
    ],
  },
  ...Object.fromEntries(
    (
      [
        ['approveLoan', 'lender'],
        ['declineLoan', 'lender'],
        ['withdrawLoan', 'beneficiary'],
        ['writeOffLoan', 'lender'],
      ] as const
    ).map(([name, side]) => [
      name,
      {
        side,
        body: {},
        wrong: [
          ['/units', { units: 1 }],
          ['/reason', { reason: 'x' }],
        ],
      } satisfies Subject,
    ]),
  ),
};

const contact = (over: object) => ({
  contacts: [{ role: 'clinical', name: 'A. Person', email: 'a.person@example.org', ...over }],
});
const institution = (over: object) => anInstitutionBody(over);
const described = [
  ['/kind', { kind: 'shop' }],
  ['/name', { name: {} }],
  ['/name', { name: { en: 'Call +375 29 765 43 21' } }],
  ['/name/english', { name: { english: 'x' } }],
  ['/city', { city: 'Minsk' }],
  ['/country', { country: 7 }],
  ['/region', { region: 'Ulyanovsk' }],
  ['/region', { region: 'RU_ULY' }],
  ['/timeZone', { timeZone: 3 }],
  ['/services', { services: 'radiotherapy' }],
  ['/services/0', { services: ['homeopathy'] }],
  ['/services', { services: ['pet-ct', 'pet-ct'] }],
  ['/rorId', { rorId: '03yrm5c26' }],
  ['/rorId', { rorId: 'https://ror.org/13yrm5c26' }],
  ['/rorId', { rorId: 'https://ror.org/03yrm5cl6' }],
  ['/status', { status: 'active' }],
  ['/id', { id: OTHER }],
  ['/contacts', { contacts: [] }],
] as const;

export const institutionSubjects: Readonly<Partial<Record<OperationId, Subject>>> = {
  createInstitution: {
    side: 'provider',
    body: anInstitutionBody(),
    wrong: [
      ...described.map(([pointer, over]) => [pointer, institution(over)] as const),
      ['/country', institution({ country: undefined })],
      ['/region', institution({ region: null })],
    ],
  },
  updateInstitution: { side: 'provider', body: {}, wrong: described },
  replaceContacts: {
    side: 'provider',
    body: { contacts: [] },
    wrong: [
      ['/contacts', {}],
      ['/contacts', { contacts: 'none' }],
      ['/contacts', { contacts: Array.from({ length: 21 }, () => contact({}).contacts[0]) }],
      ['/contacts/0/role', contact({ role: 'boss' })],
      ['/contacts/0/name', contact({ name: '' })],
      ['/contacts/0/name', contact({ name: 'x'.repeat(101) })],
      ['/contacts/0/name', contact({ name: 'a.person@example.org' })],
      ['/contacts/0/name', contact({ name: 'A.\u0000Person' })],
      ['/contacts/0/email', contact({ email: 'a.person' })],
      ['/contacts/0/email', contact({ email: undefined })],
      ['/contacts/0/phone', contact({ phone: '8 029 765 43 21' })],
      ['/contacts/0/language', contact({ language: 'ru-RU' })],
      ['/contacts/0/mail', contact({ mail: 'never' })],
      ['/contacts/0/birthDate', contact({ birthDate: '1970-01-01' })],
    ],
  },
  createClient: {
    side: 'provider',
    body: { roles: ['integration'] },
    wrong: [
      ['/roles', { roles: [] }],
      ['/roles', { roles: 'integration' }],
      ['/roles/0', { roles: ['superuser'] }],
      ['/roles', { roles: ['integration', 'integration'] }],
      ['/name', { name: 'the system of Ivanov' }],
      ['/scopes', { scopes: ['hub/admin'] }],
    ],
  },
  retireSecret: {
    side: 'provider',
    body: { which: 'older' },
    wrong: [
      ['/which', { which: 'both' }],
      ['/secret', { secret: 'x' }],
    ],
  },
  ...Object.fromEntries(
    (['activateInstitution', 'suspendInstitution', 'leaveInstitution', 'rotateSecret'] as const).map((name) => [
      name,
      { side: 'provider', body: {}, wrong: [['/reason', { reason: 'because of Ivanov' }]] } satisfies Subject,
    ]),
  ),
};
