import type { ProblemType } from '../shared/http/problem.ts';
import { ABSTRACT_PROBLEMS } from './abstract-errors.ts';
import { REGISTRATION_PROBLEMS } from './registration-errors.ts';
import { SESSION_PROBLEMS } from './session-errors.ts';

/** The refusals of the events context, each named after the precondition that failed. */

export const PlacesDoNotAddUp: ProblemType = {
  code: 'places-do-not-add-up',
  status: 422,
  title: 'The places do not add up',
  advice:
    'What is kept for institutions is no more than the capacity of its mode; each institution is named once there, and released by the last day; the capacities of both modes together are 5,000 at most, and ten institutions at most have places kept.',
};

export const CapacityBelowConfirmed: ProblemType = {
  code: 'capacity-below-confirmed',
  status: 409,
  uncounted: true,
  title: 'There would be fewer places than people who have one',
  advice:
    'Nobody loses a place. `mode` names the one at fault, `taken` says how many have a place there; of what is kept for an institution, too, at least as many are left as it has taken.',
};

export const EventStateConflict: ProblemType = {
  code: 'event-state-conflict',
  status: 409,
  uncounted: true,
  title: 'The event’s status does not allow this',
  advice:
    '`eventStatus` says where it is. A draft can be changed in everything but its kind; once it is published its time zone, visibility and approval stay; what is completed or cancelled is not changed any more.',
};

export const TelebridgeOnly: ProblemType = {
  code: 'telebridge-only',
  status: 422,
  title: 'Only a telebridge has a list of cases',
  advice: 'Leave `cases` out, or make the event a `telebridge`. Other events have a programme with sessions.',
};

export const EVENT_PROBLEMS: readonly ProblemType[] = [
  PlacesDoNotAddUp,
  CapacityBelowConfirmed,
  EventStateConflict,
  TelebridgeOnly,
  ...REGISTRATION_PROBLEMS,
  ...SESSION_PROBLEMS,
  ...ABSTRACT_PROBLEMS,
];
