import type { AccountKey } from '../shared/capacity/account-table.ts';
import { familyOf } from '../shared/capacity/holder.ts';
import type { Key } from '../shared/dynamo/single-table.ts';
import type { Mode } from './contract-parts.ts';

/**
 * The keys of the events table.
 *
 * | item | pk | sk |
 * |---|---|---|
 * | event | `EVENT#<family>` | `EVENT` |
 * | events that were ever published, in the order in which they begin; those that all partners see; those that are in the public calendar | `HELD`, `PUBLISHED`, `PUBLIC` | `<starts>#<id>` |
 * | an institution's events, and those it is invited to | `INSTITUTION#<id>` | `EVENT#<id>`, `INVITED#<id>` |
 * | segments of the account of a mode's places | `PLACES#<mode>#<family>` | `PLACES#SEGMENT#<nn>` |
 * | places in a mode's line: see `LineTable` | `LINE#PLACES#<mode>#<family>` | |
 * | registration; the last of an attendee | `REGISTRATIONS#<family>` | `REGISTRATION#<id>`, `ATTENDEE#<institution>#<pseudonym>` |
 * | session | `SESSIONS#<family>` | `SESSION#<id>` |
 * | what a room, or a person, is occupied by | `OCCUPIED#<family>` | `ROOM#<room>`, `PERSON#<code>` |
 * | abstract; that it lacks reviewers; whose it is to review | `ABSTRACTS#<family>` | `ABSTRACT#<id>`, `UNASSIGNED#<id>`, `ASSIGNED#<reviewer>#<id>` |
 * | reviewer | `ABSTRACTS#<family>` | `REVIEWER#<reviewer>` |
 * | an institution's abstracts | `INSTITUTION#<id>` | `ABSTRACT#<event>#<id>` |
 * | what somebody needs | `NEEDS#<registration>` | `NEEDS` |
 * | that needs were read by another institution, for 7 days | `READING#<id>` | `READING` |
 * | that somebody was reminded of a deadline, for 7 days | `REMINDER#<registration>` | `REMINDER#<deadline>` |
 * | secret link to a calendar; those of an institution | `CALENDAR-LINK#<id>`; `INSTITUTION#<id>` | `CALENDAR-LINK`; `CALENDAR-LINK#<id>` |
 * | events the sweep visits | `SWEEP` | `<id>` |
 * | partners: see `PartnersTable` | `PARTNER#<id>`, `SHUT-OUT` | |
 * | remembered request | `REQUEST#<digest>` | `REQUEST` |
 * | requests of a busy client: see `requestCounts` | `RATE#<sub>` | `<window>` |
 */

export const SWEEP = 'SWEEP';
export const HELD = 'HELD';
export const PUBLISHED = 'PUBLISHED';
export const PUBLIC = 'PUBLIC';
export const EVENTS = 'EVENT#';
export const INVITED = 'INVITED#';

/** What belongs to an event has ids of the event's family: it leads there without an index. */
export const eventKey = (eventId: string): Key => ({ pk: EVENTS + familyOf(eventId), sk: 'EVENT' });

export const institutionPartition = (institutionId: string): string => `INSTITUTION#${institutionId}`;

/** The account of the places of a mode. @param ownerId the event, or what belongs to it */
export const accountKey = (ownerId: string, mode: Mode): AccountKey => ({
  pk: `PLACES#${mode}#${familyOf(ownerId)}`,
  owner: 'PLACES',
  ownerId,
});

export const REGISTRATIONS = 'REGISTRATION#';
export const ATTENDEES = 'ATTENDEE#';

/** @param ownerId the event, or what belongs to it */
export const registrationsPartition = (ownerId: string): string => `REGISTRATIONS#${familyOf(ownerId)}`;

export const registrationKey = (registrationId: string): Key => ({
  pk: registrationsPartition(registrationId),
  sk: REGISTRATIONS + registrationId,
});

/** An attendee has one live registration for an event: this names the last one. */
export const attendeeKey = ({
  eventId,
  institutionId,
  attendee,
}: {
  readonly eventId: string;
  readonly institutionId: string;
  readonly attendee: string;
}): Key => ({ pk: registrationsPartition(eventId), sk: `${ATTENDEES}${institutionId}#${attendee}` });

export const SESSIONS = 'SESSION#';

/** @param ownerId the event, or what belongs to it */
export const sessionsPartition = (ownerId: string): string => `SESSIONS#${familyOf(ownerId)}`;

export const sessionKey = (sessionId: string): Key => ({ pk: sessionsPartition(sessionId), sk: SESSIONS + sessionId });

/** @param occupied `ROOM#<room>` or `PERSON#<code>` */
export const occupiedKey = (eventId: string, occupied: string): Key => ({
  pk: `OCCUPIED#${familyOf(eventId)}`,
  sk: occupied,
});

export const ABSTRACTS = 'ABSTRACT#';
export const UNASSIGNED = 'UNASSIGNED#';
export const ASSIGNED = 'ASSIGNED#';
export const REVIEWERS = 'REVIEWER#';

/** @param ownerId the event, or what belongs to it */
export const abstractsPartition = (ownerId: string): string => `ABSTRACTS#${familyOf(ownerId)}`;

export const abstractKey = (abstractId: string): Key => ({
  pk: abstractsPartition(abstractId),
  sk: ABSTRACTS + abstractId,
});

export const LINKS = 'CALENDAR-LINK#';

export const calendarLinkKey = (linkId: string): Key => ({ pk: LINKS + linkId, sk: 'CALENDAR-LINK' });

export const needsKey = (registrationId: string): Key => ({ pk: `NEEDS#${registrationId}`, sk: 'NEEDS' });

export const readingKey = (readingId: string): Key => ({ pk: `READING#${readingId}`, sk: 'READING' });

/** @param expiresAt the deadline */
export const reminderKey = (registrationId: string, expiresAt: string): Key => ({
  pk: `REMINDER#${registrationId}`,
  sk: `REMINDER#${expiresAt}`,
});

/** A place in a list of events by the time they begin. */
export const startKey = (
  list: typeof HELD | typeof PUBLISHED | typeof PUBLIC,
  { starts, id }: { starts: string; id: string },
): Key => ({
  pk: list,
  sk: `${starts}#${id}`,
});
