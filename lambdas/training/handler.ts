import { PartnersTable } from '../institutions/published-partners.ts';
import { guardsOn } from '../shared/auth/guards-on.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { environment } from '../shared/environment.ts';
import { Cursors } from '../shared/http/cursor.ts';
import type { Outcome } from '../shared/http/once.ts';
import { created, ok, page } from '../shared/http/reply.ts';
import { on, serve } from '../shared/http/serve.ts';
import { accept, complete, confirm, decline, recordAttendance, review, withdraw } from './application-actions.ts';
import { showApplication } from './application-model.ts';
import { apply, getApplication, listApplications, positionOf, type Seen } from './application-operations.ts';
import { type CohortWithAccount, showCohort } from './cohort-model.ts';
import { createCohort, getCohort, listCohorts, updateCohort } from './cohort-operations.ts';
import { trainingRoutes as routes } from './contract.ts';
import { fundingEndpoints } from './funding-endpoints.ts';
import { eraseName, getName, nameTrainee } from './name-operations.ts';
import { portsOn } from './ports.ts';
import { type Programme, showProgramme } from './programme-model.ts';
import { createProgramme, getProgramme, listProgrammes, updateProgramme } from './programme-operations.ts';
import type { ReportPorts } from './report-operations.ts';

const table = deployedTable();
const ports: ReportPorts = {
  ...portsOn(table),
  cursors: new Cursors(environment('CURSOR_SECRET')),
  partners: new PartnersTable(table),
};

const programme = (value: Programme) => ({ body: showProgramme(value), version: value.version });
const cohort = (value: CohortWithAccount) => ({ body: showCohort(value, ports.now()), version: value.cohort.version });
const shown = ({ application, seesReviews }: Seen) => showApplication(application, ports.now(), seesReviews);
const application = (value: Seen) => ({ body: shown(value), version: value.application.version });
const acted = ({ value, replayed }: Outcome<Seen>) => ok(application(value), replayed);

export const handler = serve(routes, guardsOn(table), [
  on(routes.createProgramme, async (request) => {
    const { value, replayed } = await createProgramme(ports, request);
    return created(`/v1/programmes/${value.id}`, programme(value), replayed);
  }),
  on(routes.listProgrammes, async ({ permission, query: { own, ...paging } }) => {
    const { items, next } = await listProgrammes(ports, { permission, ...paging }, own === 'true');
    return page(items.map(showProgramme), next);
  }),
  on(routes.getProgramme, async ({ permission, params: { programmeId } }) =>
    ok(programme(await getProgramme(ports, permission, programmeId))),
  ),
  on(routes.updateProgramme, async ({ params: { programmeId }, ...request }) =>
    ok(programme(await updateProgramme(ports, { ...request, programmeId }))),
  ),
  on(routes.createCohort, async ({ params: { programmeId }, ...request }) => {
    const { value, replayed } = await createCohort(ports, { ...request, programmeId });
    return created(`/v1/cohorts/${value.cohort.id}`, cohort(value), replayed);
  }),
  on(routes.listCohorts, async ({ permission, params: { programmeId }, query }) => {
    const { items, next } = await listCohorts(ports, { permission, ...query }, programmeId);
    return page(
      items.map((item) => showCohort(item, ports.now())),
      next,
    );
  }),
  on(routes.getCohort, async ({ permission, params: { cohortId } }) =>
    ok(cohort(await getCohort(ports, permission, cohortId))),
  ),
  on(routes.updateCohort, async ({ params: { cohortId }, ...request }) =>
    ok(cohort(await updateCohort(ports, { ...request, cohortId }))),
  ),
  on(routes.createApplication, async ({ params: { cohortId }, ...request }) => {
    const { value, replayed } = await apply(ports, { ...request, cohortId });
    const seen = { application: value, seesReviews: value.hostId === value.institutionId };
    return created(`/v1/applications/${value.id}`, application(seen), replayed);
  }),
  on(routes.listApplications, async ({ permission, params: { cohortId }, query }) => {
    const { items, next } = await listApplications(ports, { permission, ...query }, cohortId);
    return page(items.map(shown), next);
  }),
  on(routes.getApplication, async ({ permission, params: { applicationId } }) => {
    const seen = await getApplication(ports, permission, applicationId);
    const { application: value, seesReviews } = seen;
    const body = showApplication(value, ports.now(), seesReviews, await positionOf(ports, seen));
    return ok({ body, version: value.version });
  }),
  on(routes.reviewApplication, async ({ params, ...request }) => acted(await review(ports, { ...request, ...params }))),
  on(routes.acceptApplication, async ({ params, ...request }) => acted(await accept(ports, { ...request, ...params }))),
  on(routes.declineApplication, async ({ params, ...request }) =>
    acted(await decline(ports, { ...request, ...params })),
  ),
  on(routes.confirmApplication, async ({ params, ...request }) =>
    acted(await confirm(ports, { ...request, ...params })),
  ),
  on(routes.withdrawApplication, async ({ params, ...request }) =>
    acted(await withdraw(ports, { ...request, ...params })),
  ),
  on(routes.completeApplication, async ({ params, ...request }) =>
    acted(await complete(ports, { ...request, ...params })),
  ),
  on(routes.recordAttendance, async ({ params: { applicationId, date }, ...request }) =>
    acted(await recordAttendance(ports, date, { ...request, applicationId })),
  ),
  on(routes.nameTrainee, async ({ params, ...request }) => acted(await nameTrainee(ports, { ...request, ...params }))),
  on(routes.getTraineeName, async ({ permission, params: { applicationId } }) => {
    const { name, version } = await getName(ports, permission, applicationId);
    return ok({ body: name, version });
  }),
  on(routes.eraseTraineeName, async ({ params, ...request }) =>
    acted(await eraseName(ports, { ...request, body: {}, ...params })),
  ),
  ...fundingEndpoints(ports),
]);
