import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { uuidv7 } from 'uuidv7';

import { AbstractsTable } from '../../lambdas/events/abstracts-table.ts';
import { keptPlaces, modesOf, reserveFor } from '../../lambdas/events/event-model.ts';
import { EventsTable } from '../../lambdas/events/events-table.ts';
import type { PartnerPorts } from '../../lambdas/events/ports.ts';
import {
  givesPlaces,
  isGivenUp,
  placeOf,
  type Registration,
  unitState,
} from '../../lambdas/events/registration-model.ts';
import { RegistrationsTable } from '../../lambdas/events/registrations-table.ts';
import { occupiedBy, slotOf } from '../../lambdas/events/session-model.ts';
import { SessionsTable } from '../../lambdas/events/sessions-table.ts';
import { PartnersTable } from '../../lambdas/institutions/published-partners.ts';
import { contradictsItself, segmentsFor, totals } from '../../lambdas/shared/capacity/account.ts';
import { SingleTable } from '../../lambdas/shared/dynamo/single-table.ts';
import type { Hub } from '../../lib/local/hub.ts';

const BEGINNING = Date.parse('2026-06-01T08:00:00Z');

/** The operations on events in this process, on the hub's engine, with a clock that only the test moves. */
export class EventsWorld implements PartnerPorts {
  readonly events: EventsTable;
  readonly registrations: RegistrationsTable;
  readonly sessions: SessionsTable;
  readonly abstracts: AbstractsTable;
  readonly partners: PartnersTable;
  readonly newId = uuidv7;
  readonly #client: DynamoDBClient;
  #now = BEGINNING;

  constructor(hub: Hub) {
    this.#client = new DynamoDBClient({
      endpoint: hub.dynamodbEndpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 3,
    });
    const documents = DynamoDBDocumentClient.from(this.#client, { marshallOptions: { removeUndefinedValues: true } });
    const table = new SingleTable(documents, hub.tableName('Events'));
    this.events = new EventsTable(table);
    this.registrations = new RegistrationsTable(table);
    this.sessions = new SessionsTable(table);
    this.abstracts = new AbstractsTable(table);
    this.partners = new PartnersTable(table);
  }

  readonly now = (): Date => new Date(this.#now);

  advance(minutes: number): void {
    this.#now += minutes * 60_000;
  }

  async activate(...ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.partners.put({ id, status: 'active', version: 1 });
  }

  async registrationsOf(eventId: string): Promise<readonly Registration[]> {
    return (await this.registrations.listOf(eventId, 1000)).registrations;
  }

  /** Everything that is wrong with an event, its places and its registrations; nothing, at any moment between requests. */
  async faultsOf(eventId: string): Promise<string[]> {
    const found = await this.events.getWithAccounts(eventId);
    if (found === undefined) return ['there is no event'];
    const { event, accounts } = found;
    const all = await this.registrationsOf(eventId);
    const faults: string[] = [];
    const check = (holds: boolean, fault: string): void => {
      if (!holds) faults.push(fault);
    };
    for (const mode of modesOf(event)) {
      const account = accounts[mode] ?? [];
      const registrations = all.filter((each) => each.mode === mode);
      check(!contradictsItself(account), 'a segment counts other than its holders, or more than its share');
      check(totals(account).entitled === event.places[mode]?.capacity, 'the segments do not add up to the places');
      for (const [institutionId, kept] of keptPlaces(event, mode)) {
        const segments = account.filter(({ reserved }) => reserved === institutionId);
        check(totals(segments).entitled === kept, 'the kept segments do not add up to what is kept');
      }
      // In which state a holder is, is brought up to date by the job that follows.
      const held = account.flatMap(({ number, holders }) => holders.map(({ id }) => `${id} ${String(number)}`));
      const due = registrations
        .filter((each) => unitState(each) !== undefined)
        .map(({ id, segment }) => `${id} ${String(segment)}`);
      check(
        JSON.stringify(held.toSorted()) === JSON.stringify(due.toSorted()),
        `held: ${held.join()}; due: ${due.join()}`,
      );
      for (const registration of registrations) {
        const place = placeOf(registration);
        if (place === undefined || !givesPlaces(event, mode, this.now())) continue;
        const reserve = reserveFor(event, mode, registration.institutionId, this.now());
        const free = segmentsFor(account, registration.id, place.units ?? 1, reserve);
        check(free === undefined, 'somebody waits while a place is free');
        check(!isOvertaken(registration, registrations), 'somebody was overtaken');
      }
    }
    for (const { together, group = [] } of all) {
      const statuses = new Set(all.filter(({ id }) => group.includes(id)).map(({ status }) => status));
      const isSplit =
        statuses.size > 1 && ['waitlisted', 'held', 'offered'].some((each) => statuses.has(each as never));
      check(together !== true || !isSplit, `those who are together are ${[...statuses].join()}`);
    }
    const live = all.filter((each) => !isGivenUp(each)).map((each) => `${each.institutionId} ${each.attendee}`);
    check(new Set(live).size === live.length, 'somebody is registered twice');
    return faults;
  }

  /** Everything that is wrong with a programme. */
  async faultsOfProgramme(eventId: string): Promise<string[]> {
    const event = await this.events.get(eventId);
    if (event === undefined) return ['there is no event'];
    const listed = await this.sessions.listOf(eventId, 1000);
    const planned = listed.sessions.map((session) => ({
      ...{ session, occupied: occupiedBy(session), slot: slotOf(session, event.timeZone) },
    }));
    const faults: string[] = [];
    for (const [index, one] of planned.entries()) {
      for (const other of planned.slice(index + 1)) {
        const meet = one.slot[0] < other.slot[1] && other.slot[0] < one.slot[1];
        const shared = one.occupied.filter((each) => other.occupied.includes(each));
        if (meet && shared.length > 0) faults.push(`${shared.join()} is in two sessions at a time`);
      }
    }
    for (const occupied of new Set(planned.flatMap((each) => each.occupied))) {
      const noted = Object.keys((await this.sessions.getOccupation(eventId, occupied)).slots).toSorted();
      const due = planned.filter((each) => each.occupied.includes(occupied)).map(({ session }) => session.id);
      if (JSON.stringify(noted) !== JSON.stringify(due.toSorted())) faults.push(`${occupied} is noted for others`);
    }
    return faults;
  }

  close(): void {
    this.#client.destroy();
  }
}

/** Whether somebody of the same institution who needs no more has a place, and began to wait later. */
function isOvertaken(registration: Registration, all: readonly Registration[]): boolean {
  const size = ({ group = [''], together }: Registration): number => (together === true ? group.length : 1);
  return all.some(
    (other) =>
      other.institutionId === registration.institutionId &&
      unitState(other) !== undefined &&
      size(other) >= size(registration) &&
      (other.waitingSince ?? other.createdAt) > (registration.waitingSince ?? ''),
  );
}
