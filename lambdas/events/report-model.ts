import type { Abstract } from './abstract-model.ts';
import { type Event, modesOf, statusAt } from './event-model.ts';
import { isExpired, type Registration } from './registration-model.ts';
import type { EventsReportRow } from './report-contract.ts';

/** What became of an event. Pure. */

/** An event, with what the report's reader may know of it. */
export interface EventFacts {
  readonly event: Event;
  readonly registrations: readonly Registration[];
  readonly abstracts: readonly Abstract[];
}

function registrationsOf(registrations: readonly Registration[], isOver: boolean, now: Date) {
  const statuses = registrations.map((each) => (isExpired(each, now) ? 'expired' : each.status));
  const are = (...wanted: readonly Registration['status'][]): number =>
    statuses.filter((status) => wanted.includes(status)).length;
  const online = registrations.filter(
    ({ status, mode }) => mode === 'online' && (status === 'confirmed' || status === 'attended'),
  );
  return {
    registered: statuses.length,
    undecided: are('submitted'),
    waiting: are('waitlisted'),
    unconfirmed: are('held', 'offered'),
    confirmed: are('confirmed', 'attended'),
    online: online.length,
    attended: are('attended'),
    noShows: isOver ? are('confirmed') : 0,
    declined: are('declined'),
    lapsed: are('expired'),
    cancelled: are('cancelled'),
  };
}

function abstractsOf(abstracts: readonly Abstract[]) {
  const are = (wanted: Abstract['status']): number => abstracts.filter(({ status }) => status === wanted).length;
  return {
    abstracts: abstracts.length,
    abstractsAccepted: are('accepted'),
    abstractsRejected: are('rejected'),
    abstractsWithdrawn: are('withdrawn'),
  };
}

/** An event by country; one row without a country where there is nobody, so that its places are seen. */
export function rowsOf(
  { event, registrations, abstracts }: EventFacts,
  year: number,
  countryOf: (institutionId: string) => string | undefined,
  now: Date,
): EventsReportRow[] {
  const { id: eventId, organiserId, kind } = event;
  const status = statusAt(event, now);
  const places = modesOf(event).reduce((sum, mode) => sum + (event.places[mode]?.capacity ?? 0), 0);
  const from = <T extends { readonly institutionId: string }>(all: readonly T[]) =>
    Map.groupBy(all, ({ institutionId }) => countryOf(institutionId));
  const [registered, submitted] = [from(registrations), from(abstracts)];
  const found = new Set([...registered.keys(), ...submitted.keys()]);
  const countries = found.size === 0 ? [undefined] : [...found];
  return countries
    .toSorted((a = '', b = '') => (a < b ? -1 : 1))
    .map((country) => ({
      ...{ year, eventId, organiserId, kind, status, places },
      ...(country === undefined ? {} : { country }),
      ...registrationsOf(registered.get(country) ?? [], status === 'completed', now),
      ...abstractsOf(submitted.get(country) ?? []),
    }));
}
