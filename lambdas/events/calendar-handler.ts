import { PartnersTable } from '../institutions/published-partners.ts';
import { guardsOn } from '../shared/auth/guards-on.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { environment } from '../shared/environment.ts';
import { Cursors } from '../shared/http/cursor.ts';
import { page, type Reply } from '../shared/http/reply.ts';
import { on, serve } from '../shared/http/serve.ts';
import { calendarRoutes as routes } from './calendar-contract.ts';
import { CalendarKeys } from './calendar-links.ts';
import { type CalendarLink, CalendarLinksTable } from './calendar-links-table.ts';
import {
  type CalendarPorts,
  createLink,
  getCalendar,
  getEventCalendar,
  listLinks,
  revokeLink,
} from './calendar-operations.ts';
import { portsOn } from './ports.ts';

const table = deployedTable();
const ports: CalendarPorts = {
  ...portsOn(table),
  cursors: new Cursors(environment('CURSOR_SECRET')),
  partners: new PartnersTable(table),
  links: new CalendarLinksTable(table),
  keys: new CalendarKeys(environment('CALENDAR_SECRET')),
  url: environment('API_URL'),
};

/** @param key where it is for some only */
function calendar(body: string, key: string | undefined): Reply {
  const whose = key === undefined ? 'public' : 'private';
  return { body, media: { type: 'text/calendar; charset=utf-8', cacheControl: `${whose}, max-age=300` } };
}

function withKey(link: CalendarLink) {
  const key = ports.keys.write(link.id);
  return { ...link, key, url: `${ports.url}/v1/calendar.ics?key=${key}` };
}

export const handler = serve(routes, guardsOn(table), [
  on(routes.getCalendar, async ({ query }) => calendar(await getCalendar(ports, query), query.key)),
  on(routes.getEventCalendar, async ({ params: { eventId }, query }) =>
    calendar(await getEventCalendar(ports, eventId, query), query.key),
  ),
  on(routes.createCalendarLink, async (request) => {
    const { value, replayed } = await createLink(ports, request);
    return { body: withKey(value), location: `/v1/calendar-links/${value.id}`, replayed };
  }),
  on(routes.listCalendarLinks, async ({ permission, query }) => {
    const { items, next } = await listLinks(ports, { permission, ...query });
    return page(items, next);
  }),
  on(routes.revokeCalendarLink, async ({ permission, params: { linkId } }) => ({
    body: await revokeLink(ports, permission, linkId),
  })),
]);
