import * as z from 'zod/mini';

import type { SubjectType } from '../shared/chain/change.ts';
import { Funds } from '../shared/money.ts';
import { CalendarDate, Id, Instant, LocalDateTime, Sha256 } from '../shared/values.ts';

/** Of what partners are told, and what is told of it. Pure. */

/** What is told of a change. */
interface Happening {
  /** As the type calls it. */
  readonly name: string;
  readonly description: string;
}

export interface Subject {
  /** Where it is found, with the slash at its end; nothing where it has no page of its own. */
  readonly path?: string;
  /** By the audit's action. Of what is not named here nobody is told. */
  readonly happenings: Readonly<Record<string, Happening>>;
  /** What is told beside its id when it has changed, of what the audit may know: nothing clinical, no free text. */
  readonly fields: Readonly<Record<string, z.ZodMiniType>>;
}

const status = z.string();
const units = z.int();

export const SUBJECTS: Readonly<Record<SubjectType, Subject>> = {
  abstract: {
    path: '/v1/abstracts/',
    happenings: {
      submit: { name: 'submitted', description: 'An abstract is submitted.' },
      accept: { name: 'accepted', description: 'It is accepted.' },
      reject: { name: 'rejected', description: 'It is rejected.' },
      place: { name: 'placed', description: 'It has its place in the programme.' },
      withdraw: { name: 'withdrawn', description: 'Who has submitted it has withdrawn it.' },
    },
    fields: { eventId: Id, status },
  },
  agreement: {
    path: '/v1/agreements/',
    happenings: {
      propose: { name: 'proposed', description: 'A version is proposed: each party is asked to approve its hash.' },
      approve: { name: 'approved', description: 'A party has approved the version of this hash.' },
      terminate: { name: 'terminated', description: 'It ends on `endsOn`; what was granted goes on to its end.' },
    },
    fields: { kind: z.string(), hash: Sha256, endsOn: CalendarDate },
  },
  application: {
    path: '/v1/applications/',
    happenings: {
      apply: { name: 'submitted', description: 'An institution applies for one of its staff.' },
      review: { name: 'reviewed', description: 'A reviewer has scored it.' },
      wait: {
        name: 'waitlisted',
        description: 'It is accepted, and has a seat a moment later, or waits for the next.',
      },
      accept: { name: 'accepted', description: 'It has a seat, to be confirmed before `expiresAt`.' },
      remind: { name: 'ending', description: 'The seat goes to the next at `expiresAt`, unless it is confirmed.' },
      confirm: { name: 'confirmed', description: 'The nominee will come.' },
      decline: { name: 'declined', description: 'It is declined.' },
      lapse: { name: 'lapsed', description: 'Nobody confirmed the seat in time; it goes to the next.' },
      withdraw: { name: 'withdrawn', description: 'Its institution has withdrawn it.' },
      cancel: { name: 'cancelled', description: 'The cohort is cancelled, and the application with it.' },
      complete: { name: 'completed', description: 'The trainee has completed the programme.' },
      erase: { name: 'name-erased', description: 'The name for the certificate is erased.' },
    },
    fields: { cohortId: Id, status, expiresAt: Instant },
  },
  booking: {
    path: '/v1/bookings/',
    happenings: {
      hold: { name: 'held', description: 'A course is held until `expiresAt`.' },
      'join-waitlist': { name: 'waitlisted', description: 'Somebody waits for a course.' },
      offer: { name: 'offered', description: 'A course is offered to who waits; it is theirs until `expiresAt`.' },
      'accept-offer': { name: 'offer-accepted', description: 'The offer is accepted: confirm it before `expiresAt`.' },
      'decline-offer': { name: 'offer-declined', description: 'The offer is declined; it goes to the next in line.' },
      lapse: { name: 'offer-lapsed', description: 'Nobody took the offer in time; it goes to the next in line.' },
      remind: { name: 'ending', description: 'The hold or offer ends at `expiresAt`, unless somebody decides before.' },
      confirm: { name: 'confirmed', description: 'The course is booked.' },
      release: { name: 'released', description: 'The hold is given back.' },
      expire: { name: 'expired', description: 'The hold’s time was over.' },
      cancel: { name: 'cancelled', description: 'The booking is cancelled.' },
      arrive: { name: 'arrived', description: 'The treatment has begun.' },
      complete: { name: 'completed', description: 'The treatment is complete.' },
      'no-show': { name: 'no-show', description: 'The patient has not come.' },
      withdraw: { name: 'withdrawn', description: 'The wait is over without a course.' },
      'set-priority': { name: 'priority-changed', description: 'A commission has given who waits another class.' },
    },
    fields: { grantId: Id, status, expiresAt: Instant, priorityClass: z.int(), unitForfeited: z.boolean() },
  },
  budget: {
    path: '/v1/budgets/',
    happenings: {
      open: { name: 'opened', description: 'There is money for travel to a cohort.' },
      update: { name: 'updated', description: 'Its limit, or who pays, has changed.' },
    },
    fields: { cohortId: Id, limit: Funds },
  },
  client: {
    happenings: {
      enrol: { name: 'enrolled', description: 'A system may act for your institution.' },
      revoke: { name: 'revoked', description: 'A system may act for your institution no longer.' },
      'add-secret': { name: 'secret-added', description: 'A system has another secret.' },
      'end-secret': { name: 'secret-ended', description: 'A secret of a system is good no longer.' },
    },
    fields: {},
  },
  cohort: {
    path: '/v1/cohorts/',
    happenings: {
      publish: { name: 'published', description: 'Partners see it, and apply from the first day of applications.' },
      update: { name: 'updated', description: 'Its dates, seats, place or days of application have changed.' },
      cancel: { name: 'cancelled', description: 'It is not held; every application to it ends.' },
    },
    fields: { programmeId: Id, status, seats: units },
  },
  contacts: {
    happenings: {
      replace: { name: 'replaced', description: 'Whom partners may call at your institution has changed.' },
      erase: { name: 'erased', description: 'Nobody is named any more whom partners may call at your institution.' },
    },
    fields: {},
  },
  credential: {
    path: '/v1/credentials/',
    happenings: {
      issue: {
        name: 'issued',
        description: 'Who has completed the programme has a credential, which anybody can verify.',
      },
      revoke: { name: 'revoked', description: 'The credential is good no longer.' },
    },
    fields: { applicationId: Id, cohortId: Id, status },
  },
  document: {
    path: '/v1/documents/',
    happenings: {
      release: { name: 'available', description: 'Its file is checked and scanned, and can be downloaded.' },
      reject: { name: 'rejected', description: 'Its file was not what was declared, or had malware, and is gone.' },
      supersede: { name: 'superseded', description: 'Another document has taken its place.' },
      delete: { name: 'deleted', description: 'It can be downloaded no more.' },
      hold: { name: 'held', description: 'It is under a legal hold: nobody deletes it.' },
      'lift-hold': { name: 'hold-lifted', description: 'The legal hold is lifted.' },
    },
    fields: { status, purpose: z.string(), classification: z.string(), sha256: Sha256, supersededBy: Id },
  },
  event: {
    path: '/v1/events/',
    happenings: {
      publish: { name: 'published', description: 'Those who may see it do; registration opens in its window.' },
      update: { name: 'updated', description: 'Its time, venue, places or something else have changed.' },
      cancel: { name: 'cancelled', description: 'It is not held.' },
    },
    fields: { kind: z.string(), status, starts: LocalDateTime, ends: LocalDateTime, timeZone: z.string() },
  },
  grant: {
    path: '/v1/grants/',
    happenings: {
      grant: { name: 'granted', description: 'A quota is given.' },
      resize: { name: 'resized', description: 'It has more or fewer courses.' },
      suspend: { name: 'suspended', description: 'No new holds are taken; bookings stay.' },
      resume: { name: 'resumed', description: 'New holds are taken again.' },
      'carry-over': { name: 'carried-over', description: 'Unused courses go on into the next period.' },
      'expire-units': { name: 'units-expired', description: 'Unused courses are gone.' },
      'cut-off': { name: 'closing', description: 'Its period is being closed: no new holds are taken.' },
      close: { name: 'closed', description: 'Its period is closed.' },
      restate: { name: 'usage-restated', description: 'What was reported of its closed period has another version.' },
    },
    fields: { poolId: Id, service: z.string(), nominal: units, status },
  },
  institution: {
    path: '/v1/institutions/',
    happenings: {
      invite: { name: 'invited', description: 'Your institution is invited.' },
      register: { name: 'registered', description: 'Your institution is registered.' },
      update: { name: 'updated', description: 'What is known of your institution has changed.' },
      activate: { name: 'activated', description: 'Your institution may act.' },
      suspend: { name: 'suspended', description: 'Nobody may act for your institution until it is activated.' },
      leave: { name: 'left', description: 'Your institution has left.' },
    },
    fields: { status },
  },
  loan: {
    path: '/v1/loans/',
    happenings: {
      propose: { name: 'proposed', description: 'A loan is asked for: the lender is asked to approve.' },
      approve: { name: 'approved', description: 'The lender, or the grantor, has approved.' },
      'give-back': { name: 'returned', description: 'Courses have gone back to the lender.' },
      settle: { name: 'settled', description: 'The loan is settled at the end of its period.' },
      'write-off': { name: 'written-off', description: 'The lender has given up what is outstanding.' },
      decline: { name: 'declined', description: 'The loan is declined.' },
      withdraw: { name: 'withdrawn', description: 'The loan is asked for no longer.' },
    },
    fields: { lendingGrantId: Id, borrowingGrantId: Id, units, outstanding: units, dueDate: CalendarDate, status },
  },
  person: {
    happenings: {
      enrol: { name: 'enrolled', description: 'A person may act for your institution, or in other roles.' },
      revoke: { name: 'revoked', description: 'A person may act for your institution no longer.' },
    },
    fields: {},
  },
  pool: {
    path: '/v1/pools/',
    happenings: {
      offer: { name: 'offered', description: 'A pool of courses is open.' },
      update: { name: 'updated', description: 'The pool has changed.' },
      'close-period': { name: 'closing', description: 'Its period is being closed.' },
      'end-period': { name: 'closed', description: 'Its period is closed.' },
    },
    fields: { service: z.string(), capacity: units, status },
  },
  programme: {
    path: '/v1/programmes/',
    happenings: {
      publish: { name: 'published', description: 'Partners see it.' },
      update: { name: 'updated', description: 'Its title, partners, prerequisites or syllabus have changed.' },
      retire: { name: 'retired', description: 'There will be no new cohorts of it.' },
    },
    fields: { kind: z.string(), status },
  },
  registration: {
    path: '/v1/registrations/',
    happenings: {
      submit: { name: 'submitted', description: 'The organiser is asked to approve it.' },
      hold: { name: 'held', description: 'It has a place, to be confirmed before `expiresAt`.' },
      wait: { name: 'waitlisted', description: 'It waits for a place.' },
      offer: { name: 'offered', description: 'A place is held for it, to be accepted before `expiresAt`.' },
      remind: { name: 'ending', description: 'The place goes to the next at `expiresAt`, unless it is accepted.' },
      confirm: { name: 'confirmed', description: 'It has a place.' },
      decline: { name: 'declined', description: 'The organiser has declined it.' },
      expire: { name: 'expired', description: 'Nobody confirmed or accepted the place in time; it goes to the next.' },
      cancel: { name: 'cancelled', description: 'It is cancelled, by its institution or with the event.' },
      'check-in': { name: 'attended', description: 'Who was registered has come.' },
    },
    fields: { eventId: Id, status, expiresAt: Instant },
  },
  session: {
    happenings: {
      schedule: { name: 'scheduled', description: 'A session is in the programme.' },
      move: { name: 'moved', description: 'Its time, room or link has changed.' },
      update: { name: 'updated', description: 'Something else of it has changed.' },
      cancel: { name: 'cancelled', description: 'It is taken out of the programme.' },
    },
    fields: { eventId: Id, status, starts: LocalDateTime, ends: LocalDateTime },
  },
  transfer: {
    happenings: { transfer: { name: 'made', description: 'Courses have gone from one grant to another, for good.' } },
    fields: { givingGrantId: Id, receivingGrantId: Id, units },
  },
  'travel-grant': {
    path: '/v1/travel-grants/',
    happenings: {
      ask: { name: 'submitted', description: 'An institution asks for money for a journey.' },
      offer: { name: 'offered', description: 'The host promises `offered`: accept or decline it.' },
      accept: { name: 'accepted', description: 'The offer is accepted.' },
      decline: { name: 'declined', description: 'It is declined, by the host or by who has asked.' },
      disburse: { name: 'disbursed', description: 'So much as `paid` is paid.' },
      withdraw: { name: 'withdrawn', description: 'It is withdrawn, or has ended with its application or cohort.' },
    },
    fields: { applicationId: Id, cohortId: Id, status, asked: Funds, offered: Funds, paid: Funds },
  },
  webhook: {
    path: '/v1/webhooks/',
    happenings: {
      register: { name: 'registered', description: 'A webhook of your institution is there.' },
      change: { name: 'changed', description: 'Its address, types or description are others.' },
      'rotate-secret': { name: 'secret-rotated', description: 'It has a new secret; the old one ends in a day.' },
      disable: { name: 'disabled', description: 'It is disabled: what happens from now on waits for it.' },
      enable: { name: 'enabled', description: 'It is active again, and what has waited is sent.' },
      remove: { name: 'removed', description: 'It is there no longer.' },
    },
    fields: { status, reason: z.string() },
  },
};
