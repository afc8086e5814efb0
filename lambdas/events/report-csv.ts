import { csv } from '../shared/csv.ts';
import type { EventsReportRow } from './report-contract.ts';

/** The report as CSV, headed by the names of the JSON members. */

const COLUMNS = [
  ...(['year', 'eventId', 'organiserId', 'kind', 'status', 'country', 'places', 'registered'] as const),
  ...(['undecided', 'waiting', 'unconfirmed', 'confirmed', 'online', 'attended', 'noShows'] as const),
  ...(['declined', 'lapsed', 'cancelled'] as const),
  ...(['abstracts', 'abstractsAccepted', 'abstractsRejected', 'abstractsWithdrawn'] as const),
] as const;

export function eventsAsCsv(rows: readonly EventsReportRow[]): string {
  return csv(
    COLUMNS,
    rows.map(({ country, ...row }) => ({ ...row, country })),
  );
}
