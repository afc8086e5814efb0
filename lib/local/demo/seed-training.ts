import type { Hub } from '../hub.ts';
import { caller, change, institution } from './caller.ts';
import { DEMO_PROGRAMMES, type DemoApplication, type DemoProgramme } from './training.ts';

/** Offers the programmes of the demonstration, and applies to them, through the API. */
export async function seedTraining(hub: Hub, year: number): Promise<void> {
  await Promise.all(DEMO_PROGRAMMES.map((programme) => makeProgramme(hub, programme, year)));
}

async function makeProgramme(hub: Hub, programme: DemoProgramme, year: number): Promise<void> {
  const { host, key, body, invited = [], kept, applications, budget } = programme;
  const post = await caller(hub, host, year);
  const { id } = await post(key, '/v1/programmes', { ...body, illustrative: true });
  await change(hub, host, `/v1/programmes/${id}`, { status: 'published' });
  const { seats, ...cohort } = programme.cohort(year);
  const keeping =
    kept === undefined
      ? []
      : [{ institutionId: institution(kept.by).id, seats: kept.seats, releaseDate: `${String(year + 1)}-01-31` }];
  const { id: cohortId } = await post(`${key}-cohort`, `/v1/programmes/${id}/cohorts`, {
    ...cohort,
    seats: { ...seats, kept: keeping },
    invited: invited.map((alias) => institution(alias).id),
  });
  await change(hub, host, `/v1/cohorts/${cohortId}`, { status: 'published' });
  if (budget !== undefined) await post(`${key}-budget`, `/v1/cohorts/${cohortId}/budgets`, budget);
  for (const application of applications) await apply(hub, programme, cohortId, application, year);
}

async function apply(
  hub: Hub,
  { host, key }: DemoProgramme,
  cohortId: string,
  { by, nominees, profession, status }: DemoApplication,
  year: number,
): Promise<void> {
  const post = await caller(hub, by, year);
  const languages = ['ru', 'en'].map((language) => ({ language, level: 'C1' }));
  const { id } = await post(`${key}-application-${by}`, `/v1/cohorts/${cohortId}/applications`, {
    nominees: nominees.map((pseudonym) => ({ pseudonym, profession, yearsOfPractice: 8, languages })),
  });
  if (status === 'submitted') return;
  await (await caller(hub, host, year))(`${key}-accept-${by}`, `/v1/applications/${id}/accept`, {});
  if (status === 'confirmed') await post(`${key}-confirm-${by}`, `/v1/applications/${id}/confirm`, {});
}
