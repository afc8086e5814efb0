import type { Partner } from '../institutions/published-partners.ts';
import { inBatches } from '../shared/batches.ts';
import { institutionOf, type PageRequest, pageOfIds } from '../shared/http/pages.ts';
import type { Application } from './application-model.ts';
import type { Cohort } from './cohort-model.ts';
import type { ListPorts } from './ports.ts';
import type { TrainingCost, TrainingReportRow } from './report-contract.ts';
import { type CohortFacts, rowsOf, sumsOf, yearOf } from './report-model.ts';

/** The report of a year's training. It is read from what there is, and nothing of it is stored. */

const COHORTS_AT_ONCE = 10;
const MANY = 100;

export interface ReportPorts extends ListPorts {
  readonly partners: { get(institutionId: string): Promise<Partner | undefined> };
}

export interface ReportRequest extends PageRequest {
  readonly institutionId?: string | undefined;
  readonly year?: number | undefined;
}

export interface Report {
  readonly items: readonly TrainingReportRow[];
  readonly payers: readonly TrainingCost[];
  readonly next: string | undefined;
}

/** @throws Problem `not-found`, `role-not-permitted`, `invalid-cursor` */
export async function reportTraining(ports: ReportPorts, request: ReportRequest): Promise<Report> {
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
    `training:${reader}:${String(year)}`,
    request,
    (limit, after) => ports.programmes.list(undefined, limit, after),
    (programmeId) => rowsOfProgramme(ports, programmeId, year, reader, countryOf),
  );
  const rows = items.flat();
  return { items: rows, payers: sumsOf(rows.flatMap(({ costs }) => costs)), next };
}

async function rowsOfProgramme(
  ports: ReportPorts,
  programmeId: string,
  year: number,
  reader: string,
  countryOf: (institutionId: string) => Promise<string | undefined>,
): Promise<TrainingReportRow[]> {
  const programme = await ports.programmes.get(programmeId);
  if (programme === undefined) return [];
  const decides = programme.hostId === reader || programme.partners.includes(reader);
  const cohorts = await cohortsOf(ports, programmeId, year);
  const all = await inBatches(cohorts, COHORTS_AT_ONCE, (cohort) =>
    factsOf(ports, cohort, decides ? undefined : reader),
  );
  const facts = all.filter(({ applications }) => decides || applications.length > 0);
  if (facts.length === 0) return [];
  const countries = new Map<string, string | undefined>();
  for (const { institutionId } of facts.flatMap(({ applications }) => applications)) {
    countries.set(institutionId, await countryOf(institutionId));
  }
  return rowsOf(programme, year, facts, (institutionId) => countries.get(institutionId), ports.now());
}

/** The cohorts of a year that partners see, and were not drafted only. */
async function cohortsOf({ cohorts }: ReportPorts, programmeId: string, year: number): Promise<Cohort[]> {
  const found: Cohort[] = [];
  let after: string | undefined;
  do {
    const { entries, next } = await cohorts.list(programmeId, false, MANY, after);
    const read = await inBatches(entries, COHORTS_AT_ONCE, ({ id }) => cohorts.get(id));
    found.push(...read.filter((cohort) => cohort !== undefined).filter((cohort) => yearOf(cohort) === year));
    after = next;
  } while (after !== undefined);
  return found;
}

/** @param only whose applications and grants are counted; everybody's unless given */
async function factsOf(ports: ReportPorts, cohort: Cohort, only: string | undefined): Promise<CohortFacts> {
  const { id } = cohort;
  const applications = only === undefined ? await ports.applications.allOf(id) : await applicationsOf(ports, id, only);
  if (applications.length === 0) return { cohort, applications, budgets: [], travelGrants: [] };
  const [budgets, travelGrants] = await Promise.all([ports.funding.budgetsOf(id), ports.funding.travelGrantsOf(id)]);
  const isShown = (institutionId: string): boolean => only === undefined || institutionId === only;
  return { cohort, applications, budgets, travelGrants: travelGrants.filter((each) => isShown(each.institutionId)) };
}

async function applicationsOf(
  { applications }: ReportPorts,
  cohortId: string,
  institutionId: string,
): Promise<Application[]> {
  const found: Application[] = [];
  let after: string | undefined;
  do {
    const { entries, next } = await applications.listBy(institutionId, cohortId, MANY, after);
    const read = await inBatches(entries, COHORTS_AT_ONCE, (entry) =>
      applications.get(entry.id, { consistent: false }),
    );
    found.push(...read.filter((application) => application !== undefined));
    after = next;
  } while (after !== undefined);
  return found;
}
