import { notFound, type Permission } from '../shared/auth/access.ts';
import { deriveId } from '../shared/capacity/holder.ts';
import { creationOf } from '../shared/http/creation.ts';
import { type Outcome, once } from '../shared/http/once.ts';
import type { Page, PageRequest } from '../shared/http/pages.ts';
import { calendarText } from './calendar.ts';
import type { CalendarKeys } from './calendar-links.ts';
import type { CalendarLink, CalendarLinksTable } from './calendar-links-table.ts';
import { type Event, relationsTo } from './event-model.ts';
import type { ListPorts } from './ports.ts';

/** Calendars of events, and the secret links to them. */

export interface CalendarPorts extends ListPorts {
  readonly links: CalendarLinksTable;
  readonly keys: CalendarKeys;
  /** Where clients call the API, without a slash at the end. */
  readonly url: string;
}

export interface CalendarQuery {
  readonly key?: string | undefined;
  readonly lang?: string | undefined;
}

const DAY_MS = 86_400_000;
/** Days for which what is over is still shown. */
const SHOWN_AFTER = 90;
const MOST_EVENTS = 500;
const PAGE = 100;
const NAME = 'Oncology Collaboration Hub';

/** The institution whose secret link it is; `undefined` without a key. @throws Problem `not-found` */
async function institutionBy(
  { keys, links, partners }: CalendarPorts,
  key: string | undefined,
): Promise<string | undefined> {
  if (key === undefined) return undefined;
  const linkId = keys.read(key);
  const link = linkId === undefined ? undefined : await links.get(linkId);
  // Who is no partner any more sees nothing by links, either.
  if (
    link === undefined ||
    link.revokedAt !== undefined ||
    (await partners.get(link.institutionId))?.status !== 'active'
  )
    throw notFound();
  return link.institutionId;
}

/** The public events, or those of an institution, as a calendar. @throws Problem `not-found` */
export async function getCalendar(ports: CalendarPorts, { key, lang }: CalendarQuery): Promise<string> {
  const institutionId = await institutionBy(ports, key);
  const events = institutionId === undefined ? await publicEvents(ports) : await eventsOf(ports, institutionId);
  const source = `${ports.url}/v1/calendar.ics`;
  return calendarText({ name: NAME, source, events, links: institutionId !== undefined, language: lang });
}

/** An event with its sessions as a calendar. @throws Problem `not-found`, also for what may not be seen */
export async function getEventCalendar(
  ports: CalendarPorts,
  eventId: string,
  { key, lang }: CalendarQuery,
): Promise<string> {
  const institutionId = await institutionBy(ports, key);
  const [event, sessions] = await Promise.all([
    ports.events.get(eventId, { consistent: false }),
    ports.sessions.allOf(eventId),
  ]);
  if (event === undefined || !isShown(event, institutionId)) throw notFound();
  const [text = NAME] = [lang, ...event.languages].flatMap((language) => event.title[language ?? ''] ?? []);
  return calendarText({
    ...{ name: text, source: `${ports.url}/v1/events/${eventId}/calendar.ics`, events: [event] },
    ...{ sessions, links: institutionId !== undefined, language: lang },
  });
}

/** Drafts are in no calendar. */
function isShown(event: Event, institutionId: string | undefined): boolean {
  if (event.status === 'draft') return false;
  if (institutionId === undefined) return event.visibility === 'public';
  return !relationsTo(event, institutionId).includes('none');
}

type List = (limit: number, after?: string) => ReturnType<CalendarPorts['events']['listPublic']>;

async function publicEvents(ports: CalendarPorts): Promise<Event[]> {
  return shownIn(
    ports,
    [await idsIn((limit, after) => ports.events.listPublic(limit, after ?? sinceOf(ports)))],
    undefined,
  );
}

/** What all partners see, and its own and what it is invited to. */
async function eventsOf(ports: CalendarPorts, institutionId: string): Promise<Event[]> {
  const lists = await Promise.all([
    idsIn((limit, after) => ports.events.listPublished(limit, after ?? sinceOf(ports))),
    idsIn((limit, after) => ports.events.listOf(institutionId, 'own', limit, after)),
    idsIn((limit, after) => ports.events.listOf(institutionId, 'invited', limit, after)),
  ]);
  return shownIn(ports, lists, institutionId);
}

const sinceOf = ({ now }: CalendarPorts): string =>
  new Date(now().getTime() - SHOWN_AFTER * DAY_MS).toISOString().slice(0, 10);

async function idsIn(list: List): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await list(PAGE, after);
    ids.push(...page.entries.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined && ids.length < MOST_EVENTS);
  return ids;
}

async function shownIn(
  ports: CalendarPorts,
  lists: readonly (readonly string[])[],
  institutionId: string | undefined,
): Promise<Event[]> {
  const ids = [...new Set(lists.flat())];
  const found = await Promise.all(ids.map((id) => ports.events.get(id, { consistent: false })));
  const since = sinceOf(ports);
  return found
    .filter((event) => event !== undefined)
    .filter((event) => event.ends >= since && isShown(event, institutionId))
    .toSorted((a, b) => (`${a.starts}${a.id}` < `${b.starts}${b.id}` ? -1 : 1))
    .slice(0, MOST_EVENTS);
}

export interface LinkCreation {
  readonly permission: Permission;
  readonly body: object;
  readonly idempotencyKey: string;
}

/** @throws Problem `role-not-permitted`, `institution-not-active`, `idempotency-key-reused`, `busy` */
export async function createLink(ports: CalendarPorts, request: LinkCreation): Promise<Outcome<CalendarLink>> {
  const { permission } = request;
  permission.require('self');
  const { institutionId } = permission.caller;
  const remembered = creationOf(ports, request, ['createCalendarLink'], '');
  const id = deriveId(ports.newId(), remembered.request);
  return once(permission, {
    what: 'calendar',
    creation: () => ({ ...remembered, resourceId: id }),
    findEarlier: (creation) => ports.events.findEarlier(creation),
    read: async (linkId) => {
      const link = await ports.links.get(linkId);
      if (link === undefined) throw new Error('A request is remembered and its link was not found');
      return link;
    },
    write: async (creation) => {
      const value = { id, institutionId, createdAt: ports.now().toISOString() };
      return { value, outcome: await ports.links.create(creation, value) };
    },
  });
}

/** @throws Problem `not-found`, `role-not-permitted` */
export async function revokeLink(ports: CalendarPorts, permission: Permission, linkId: string): Promise<CalendarLink> {
  permission.require('self');
  const link = await ports.links.get(linkId);
  if (link?.institutionId !== permission.caller.institutionId) throw notFound();
  if (link.revokedAt !== undefined) return link;
  const revoked = { ...link, revokedAt: ports.now().toISOString() };
  await ports.links.put(revoked);
  return revoked;
}

/** @throws Problem `role-not-permitted`, `invalid-cursor` */
export async function listLinks(
  ports: CalendarPorts,
  { permission, limit, cursor }: PageRequest,
): Promise<Page<CalendarLink>> {
  permission.require('self');
  const { institutionId } = permission.caller;
  const list = `calendar-links:${institutionId}`;
  const after = cursor === undefined ? undefined : ports.cursors.read(list, cursor);
  const { links, next } = await ports.links.listOf(institutionId, limit, after);
  return { items: links, next: next === undefined ? undefined : ports.cursors.write(list, next) };
}
