import { inBatches } from '../shared/batches.ts';
import type { IdPage } from '../shared/dynamo/single-table.ts';
import { institutionOf, type Page, type PageRequest, pageOfIds } from '../shared/http/pages.ts';
import { relationsTo } from './event-model.ts';
import type { ListPorts } from './ports.ts';
import type { Registration } from './registration-model.ts';
import type { EventsReportRow } from './report-contract.ts';
import { type EventFacts, rowsOf } from './report-model.ts';

/** The report of a year's events. It is read from what there is, and nothing of it is stored. */

const AT_ONCE = 25;
const MANY = 1000;

export interface ReportRequest extends PageRequest {
  readonly institutionId?: string | undefined;
  readonly year?: number | undefined;
}

/** @throws Problem `not-found`, `role-not-permitted`, `invalid-cursor` */
export async function reportEvents(ports: ListPorts, request: ReportRequest): Promise<Page<EventsReportRow>> {
  const reader = institutionOf(request, request.institutionId);
  const { year = ports.now().getUTCFullYear() } = request;
  const countries = new Map<string, Promise<string | undefined>>();
  const countryOf = (institutionId: string): Promise<string | undefined> => {
    const known = countries.get(institutionId) ?? ports.partners.get(institutionId).then((partner) => partner?.country);
    countries.set(institutionId, known);
    return known;
  };
  const { items, next } = await pageOfIds(
    ports,
    `events-report:${reader}:${String(year)}`,
    request,
    (limit, after) => ports.events.listHeld(year, limit, after),
    (eventId) => rowsOfEvent(ports, eventId, year, reader, countryOf),
  );
  return { items: items.flat(), next };
}

async function rowsOfEvent(
  ports: ListPorts,
  eventId: string,
  year: number,
  reader: string,
  countryOf: (institutionId: string) => Promise<string | undefined>,
): Promise<EventsReportRow[]> {
  const event = await ports.events.get(eventId, { consistent: false });
  if (event === undefined) return [];
  const organises = relationsTo(event, reader).includes('host');
  const facts: EventFacts = organises
    ? { event, registrations: await registrationsOf(ports, eventId), abstracts: await ports.abstracts.allOf(eventId) }
    : { event, ...(await ownOf(ports, eventId, reader)) };
  const concerned = [...facts.registrations, ...facts.abstracts];
  if (!organises && concerned.length === 0) return [];
  const countries = new Map<string, string | undefined>();
  for (const { institutionId } of concerned) countries.set(institutionId, await countryOf(institutionId));
  return rowsOf(facts, year, (institutionId) => countries.get(institutionId), ports.now());
}

async function registrationsOf({ registrations }: ListPorts, eventId: string): Promise<Registration[]> {
  const found: Registration[] = [];
  let after: string | undefined;
  do {
    const read = await registrations.listOf(eventId, MANY, after);
    found.push(...read.registrations);
    after = read.next;
  } while (after !== undefined);
  return found;
}

/** What one institution has to do with an event. */
async function ownOf({ registrations, abstracts }: ListPorts, eventId: string, institutionId: string) {
  return {
    registrations: await all(
      (limit, after) => registrations.listBy(institutionId, eventId, limit, after),
      (id) => registrations.get(id, { consistent: false }),
    ),
    abstracts: await all(
      (limit, after) => abstracts.listBy(institutionId, eventId, limit, after),
      (id) => abstracts.get(id),
    ),
  };
}

async function all<T>(
  list: (limit: number, after?: string) => Promise<IdPage>,
  load: (id: string) => Promise<T | undefined>,
): Promise<T[]> {
  const found: T[] = [];
  let after: string | undefined;
  do {
    const { entries, next } = await list(MANY, after);
    const read = await inBatches(entries, AT_ONCE, ({ id }) => load(id));
    found.push(...read.filter((each) => each !== undefined));
    after = next;
  } while (after !== undefined);
  return found;
}
