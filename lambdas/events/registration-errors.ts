import type { ProblemType } from '../shared/http/problem.ts';

/** The refusals of registrations, each named after the precondition that failed. */

export const RegistrationWindowClosed: ProblemType = {
  code: 'registration-window-closed',
  status: 409,
  uncounted: true,
  title: 'Nobody can register today',
  advice: '`registration` says from which day to which, in `timeZone`, one can register. Nothing was stored.',
};

export const AlreadyRegistered: ProblemType = {
  code: 'already-registered',
  status: 409,
  uncounted: true,
  title: 'Somebody is registered for the event already',
  advice:
    '`registrationId` names the registration, in whichever mode it is, also while it waits. To change the mode, cancel it and register anew.',
};

export const ModeNotOffered: ProblemType = {
  code: 'mode-not-offered',
  status: 409,
  uncounted: true,
  title: 'The event is not held in this mode',
  advice: '`modes` names those that are offered.',
};

export const PlacesExhausted: ProblemType = {
  code: 'places-exhausted',
  status: 409,
  uncounted: true,
  title: 'No place is free',
  advice:
    'Send `joinWaitlist` as `true`, or leave it out: then the registration waits, and is offered the next place that becomes free. `waitlist.length` says how many wait, counted to 100.',
};

export const RegistrationStateConflict: ProblemType = {
  code: 'registration-state-conflict',
  status: 409,
  uncounted: true,
  title: 'The registration’s status does not allow this',
  advice: '`registrationStatus` says where it is, `allowedFrom` from where this can be done.',
};

export const OfferLate: ProblemType = {
  code: 'offer-late',
  status: 409,
  uncounted: true,
  title: 'The time to take the place is over',
  advice: '`expiresAt` was the end; the place went to the next. Register anew to wait for another one.',
};

export const CheckInTooEarly: ProblemType = {
  code: 'check-in-too-early',
  status: 409,
  uncounted: true,
  title: 'The event has not begun',
  advice: 'Who comes is checked in from a day before the event begins; `starts` says when it does, in `timeZone`.',
};

export const AttendeeNotPseudonymous: ProblemType = {
  code: 'attendee-not-pseudonymous',
  status: 422,
  title: 'The attendee’s pseudonym looks like personal data',
  advice:
    'Send only the pseudonym your institution issued. The value was neither stored nor logged, and is not repeated here.',
};

export const REGISTRATION_PROBLEMS: readonly ProblemType[] = [
  RegistrationWindowClosed,
  AlreadyRegistered,
  ModeNotOffered,
  PlacesExhausted,
  RegistrationStateConflict,
  OfferLate,
  CheckInTooEarly,
  AttendeeNotPseudonymous,
];
