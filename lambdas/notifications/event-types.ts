import type { SubjectType } from '../shared/chain/change.ts';

/**
 * The catalogue: what partners are told of, by the change that it tells of. A type once published is never changed or
 * taken away; what means something else gets the next version. Pure.
 */

const PREFIX = 'org.oncology-hub';

/** What happened to a thing of one kind, by the audit's action. What is not named here nobody is told of. */
interface Subject {
  /** Where it is found, with the slash at its end; nothing where it has no page of its own. */
  readonly path?: string;
  readonly happened: Readonly<Record<string, string>>;
  /** What is told of it beside its id, taken from what the audit may know: nothing clinical, no free text. */
  readonly fields: readonly string[];
}

const ENROLMENT = { enrol: 'enrolled', revoke: 'revoked' };

const SUBJECTS: Readonly<Record<SubjectType, Subject>> = {
  agreement: {
    path: '/v1/agreements/',
    happened: { propose: 'proposed', approve: 'approved', terminate: 'terminated' },
    fields: ['kind', 'version', 'hash', 'endsOn'],
  },
  booking: {
    path: '/v1/bookings/',
    happened: {
      hold: 'held',
      'join-waitlist': 'waitlisted',
      offer: 'offered',
      'accept-offer': 'offer-accepted',
      'decline-offer': 'offer-declined',
      lapse: 'offer-lapsed',
      confirm: 'confirmed',
      release: 'released',
      expire: 'expired',
      cancel: 'cancelled',
      arrive: 'arrived',
      complete: 'completed',
      'no-show': 'no-show',
      withdraw: 'withdrawn',
      'set-priority': 'priority-changed',
    },
    fields: ['grantId', 'status', 'expiresAt', 'priorityClass', 'unitForfeited'],
  },
  client: { happened: { ...ENROLMENT, 'add-secret': 'secret-added', 'end-secret': 'secret-ended' }, fields: [] },
  contacts: { happened: { replace: 'replaced', erase: 'erased' }, fields: [] },
  grant: {
    path: '/v1/grants/',
    happened: {
      grant: 'granted',
      resize: 'resized',
      suspend: 'suspended',
      resume: 'resumed',
      'carry-over': 'carried-over',
      'expire-units': 'units-expired',
      'cut-off': 'closing',
      close: 'closed',
      restate: 'usage-restated',
    },
    fields: ['poolId', 'service', 'nominal', 'status'],
  },
  institution: {
    path: '/v1/institutions/',
    happened: {
      invite: 'invited',
      register: 'registered',
      update: 'updated',
      activate: 'activated',
      suspend: 'suspended',
      leave: 'left',
    },
    fields: ['status'],
  },
  loan: {
    path: '/v1/loans/',
    happened: {
      propose: 'proposed',
      approve: 'approved',
      'give-back': 'returned',
      settle: 'settled',
      'write-off': 'written-off',
      decline: 'declined',
      withdraw: 'withdrawn',
    },
    fields: ['lendingGrantId', 'borrowingGrantId', 'units', 'outstanding', 'dueDate', 'status'],
  },
  person: { happened: ENROLMENT, fields: [] },
  pool: {
    path: '/v1/pools/',
    happened: { offer: 'offered', update: 'updated', 'close-period': 'closing', 'end-period': 'closed' },
    fields: ['service', 'capacity', 'status'],
  },
  transfer: { happened: { transfer: 'made' }, fields: ['givingGrantId', 'receivingGrantId', 'units'] },
};

/** `booking`, `offered` → `org.oncology-hub.booking.offered.v1` */
const typeOf = (subjectType: string, happened: string): string => `${PREFIX}.${subjectType}.${happened}.v1`;

/** What is sent to a webhook when somebody asks for a trial. It is in no feed. */
export const TEST_EVENT_TYPE = typeOf('webhook', 'test');

/** Every type that partners are told of. */
export const EVENT_TYPES: readonly string[] = Object.entries(SUBJECTS).flatMap(([subjectType, { happened }]) =>
  Object.values(happened).map((each) => typeOf(subjectType, each)),
);

/** The type that a change is told as; `undefined` when nobody is told of it. */
export function eventTypeOf(subjectType: SubjectType, action: string): string | undefined {
  const happened = SUBJECTS[subjectType].happened[action];
  return happened === undefined ? undefined : typeOf(subjectType, happened);
}

/** What an event of a kind of thing tells of it beside its id, and where it is found. */
export function toldOf(subjectType: SubjectType): Pick<Subject, 'path' | 'fields'> {
  return SUBJECTS[subjectType];
}
