import { canonical } from '../shared/canonical.ts';
import { type Application, isExpired } from './application-model.ts';
import type { Budget } from './budget-model.ts';
import type { Cohort } from './cohort-model.ts';
import type { Programme } from './programme-model.ts';
import type { TrainingCost, TrainingReportRow } from './report-contract.ts';
import { committedBy, type TravelGrant } from './travel-grant-model.ts';

/** What became of a programme's cohorts in a year. Pure. */

/** A cohort of the year, with what the report's reader may know of it. */
export interface CohortFacts {
  readonly cohort: Cohort;
  readonly applications: readonly Application[];
  readonly budgets: readonly Budget[];
  readonly travelGrants: readonly TravelGrant[];
}

/** Of the first day, which is a day in the cohort's own time zone. */
export function yearOf({ dates }: Pick<Cohort, 'dates'>): number {
  return Number(dates.from.slice(0, 4));
}

const status = ({ status: written, ...application }: Application, now: Date): Application['status'] =>
  isExpired({ ...application, status: written }, now) ? 'lapsed' : written;

function countsOf(applications: readonly Application[], now: Date) {
  const statuses = applications.map((application) => status(application, now));
  const are = (...wanted: readonly Application['status'][]): number =>
    statuses.filter((each) => wanted.includes(each)).length;
  return {
    applied: statuses.length,
    undecided: are('submitted', 'under-review'),
    waiting: are('waitlisted'),
    accepted: applications.filter(({ acceptedAt }) => acceptedAt !== undefined).length,
    unconfirmed: are('accepted'),
    confirmed: are('confirmed', 'completed'),
    completed: are('completed'),
    declined: are('declined'),
    lapsed: are('lapsed'),
    withdrawn: are('withdrawn'),
    cancelled: are('cancelled'),
  };
}

function costsOf(facts: readonly CohortFacts[], isCounted: (institutionId: string) => boolean): TrainingCost[] {
  return sumsOf(
    facts.flatMap(({ budgets, travelGrants }) =>
      travelGrants.flatMap((grant): TrainingCost[] => {
        const budget = budgets.find(({ id }) => id === grant.budgetId);
        if (budget === undefined || !isCounted(grant.institutionId)) return [];
        const { payer, limit } = budget;
        const disbursed = grant.paid?.amount ?? 0;
        return [{ payer, currency: limit.currency, committed: committedBy(grant), disbursed }];
      }),
    ),
  );
}

/** Sums by payer and currency, in a fixed order; without those of nothing. */
export function sumsOf(costs: readonly TrainingCost[]): TrainingCost[] {
  const sums = new Map<string, TrainingCost>();
  for (const cost of costs) {
    const key = canonical([cost.payer, cost.currency]);
    const { committed = 0, disbursed = 0 } = sums.get(key) ?? {};
    sums.set(key, { ...cost, committed: committed + cost.committed, disbursed: disbursed + cost.disbursed });
  }
  return [...sums]
    .filter(([, { committed, disbursed }]) => committed + disbursed > 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, sum]) => sum);
}

/** A programme's trainees by country; one row without a country where there is nobody, so that the seats are seen. */
export function rowsOf(
  { id: programmeId, hostId, kind, fields }: Programme,
  year: number,
  facts: readonly CohortFacts[],
  countryOf: (institutionId: string) => string | undefined,
  now: Date,
): TrainingReportRow[] {
  const held = facts.filter(({ cohort }) => cohort.status === 'published').map(({ cohort }) => cohort);
  const common = {
    ...{ year, programmeId, hostId, kind, fields, cohorts: held.length },
    seats: held.reduce((sum, { seats }) => sum + seats.total, 0),
  };
  const byCountry = Map.groupBy(
    facts.flatMap(({ applications }) => applications),
    ({ institutionId }) => countryOf(institutionId),
  );
  const countries = byCountry.size === 0 ? [undefined] : [...byCountry.keys()];
  return countries
    .toSorted((a = '', b = '') => (a < b ? -1 : 1))
    .map((country) => ({
      ...common,
      ...(country === undefined ? {} : { country }),
      ...countsOf(byCountry.get(country) ?? [], now),
      costs: costsOf(facts, (institutionId) => countryOf(institutionId) === country),
    }));
}
