import { csv } from '../shared/csv.ts';
import type { LocalizedText } from '../shared/values.ts';
import type { TrainingCost, TrainingReportRow } from './report-contract.ts';

/** The report as CSV, headed by the names of the JSON members. */

const ROW_COLUMNS = [
  ...(['year', 'programmeId', 'hostId', 'kind', 'fields', 'country', 'cohorts', 'seats'] as const),
  ...(['applied', 'undecided', 'waiting', 'accepted', 'unconfirmed', 'confirmed', 'completed'] as const),
  ...(['declined', 'lapsed', 'withdrawn', 'cancelled', 'committed', 'disbursed'] as const),
] as const;

const PAYER_COLUMNS = ['source', 'sponsor', 'currency', 'committed', 'disbursed'] as const;

/** By currency, whoever pays: `EUR 45000; USD 120`. */
function amounts(costs: readonly TrainingCost[], which: 'committed' | 'disbursed'): string {
  const sums = new Map<string, number>();
  for (const cost of costs) sums.set(cost.currency, (sums.get(cost.currency) ?? 0) + cost[which]);
  return [...sums]
    .filter(([, amount]) => amount > 0)
    .map(([currency, amount]) => `${currency} ${String(amount)}`)
    .join('; ');
}

export function rowsAsCsv(rows: readonly TrainingReportRow[]): string {
  return csv(
    ROW_COLUMNS,
    rows.map(({ costs, fields, country, ...row }) => ({
      ...{ ...row, country, fields: fields.join(' ') },
      ...{ committed: amounts(costs, 'committed'), disbursed: amounts(costs, 'disbursed') },
    })),
  );
}

export function payersAsCsv(payers: readonly TrainingCost[]): string {
  return csv(
    PAYER_COLUMNS,
    payers.map(({ payer: { source, sponsor = {} }, ...sums }) => ({
      ...{ source, sponsor: inAllLanguages(sponsor), ...sums },
    })),
  );
}

/** In the order of the language tags: the database keeps none. */
function inAllLanguages(name: LocalizedText): string {
  const languages = Object.entries(name).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return languages.map(([, text]) => text).join(' / ');
}
