import type { ProblemType } from '../shared/http/problem.ts';

/** The refusals of the programme, each named after the precondition that failed. */

export const SessionClash: ProblemType = {
  code: 'session-clash',
  status: 409,
  uncounted: true,
  title: 'A room or a person is in another session at the time',
  advice:
    '`clashes` names each room (`room`) or person (`person`) and the sessions (`sessions`) they are in. One session can begin as another ends. Nothing was changed.',
};

export const ProgrammeUnknown: ProblemType = {
  code: 'programme-unknown',
  status: 422,
  title: 'The event has no such room or track',
  advice: '`errors` names the field at fault. Add the room to `rooms`, or the track to `tracks`, of the event first.',
};

export const ProgrammeInUse: ProblemType = {
  code: 'programme-in-use',
  status: 409,
  uncounted: true,
  title: 'Sessions would be without their room, their track or their time',
  advice:
    '`sessions` names those that are in a room or track that is to go, or lie outside of the new time of the event. Move or cancel them first.',
};

export const SessionCancelled: ProblemType = {
  code: 'session-cancelled',
  status: 409,
  uncounted: true,
  title: 'The session is cancelled',
  advice: 'What is cancelled stays so. Add another session.',
};

export const SESSION_PROBLEMS: readonly ProblemType[] = [
  SessionClash,
  ProgrammeUnknown,
  ProgrammeInUse,
  SessionCancelled,
];
