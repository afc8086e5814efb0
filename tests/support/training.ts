import { randomUUID } from 'node:crypto';

import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';

import { encodeHolder, familyOf, holderKey, subjectKey } from '../../lambdas/shared/capacity/holder.ts';
import type { ApplicationRepresentation } from '../../lambdas/training/application-contract.ts';
import type { CohortRepresentation } from '../../lambdas/training/cohort-contract.ts';
import type { ProgrammeRepresentation } from '../../lambdas/training/programme-contract.ts';
import type { Client } from './client.ts';
import { anInstitution, type Institution } from './factories.ts';
import { engine, hubFacts } from './hub.ts';

/** Programmes, cohorts and applications, and those who have to do with them. */

/** @param days from today, in UTC */
export const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

export const aProgrammeBody = (over: object = {}) => ({
  kind: 'course',
  title: { en: 'Surgery of the head and neck', ru: 'Хирургия головы и шеи' },
  fields: ['head-and-neck-surgery'],
  languages: [{ language: 'ru', level: 'B1' }],
  reviewsNeeded: 0,
  ...over,
});

export const aCohortBody = (over: object = {}) => ({
  dates: { from: day(30), to: day(34) },
  timeZone: 'UTC',
  venue: { place: { country: 'BY', city: { en: 'Minsk', ru: 'Минск' } } },
  seats: { total: 2 },
  applications: { from: day(-1), to: day(20) },
  ...over,
});

export const aNominee = (over: object = {}) => ({
  pseudonym: `STAFF-${randomUUID().slice(0, 3)}x${randomUUID().slice(0, 4)}-7`,
  profession: 'surgeon',
  yearsOfPractice: 4,
  languages: [{ language: 'ru', level: 'C2' }],
  ...over,
});

/** A published cohort and everybody around it. */
export interface Training {
  readonly host: Institution;
  readonly applicant: Institution;
  readonly programme: ProgrammeRepresentation;
  readonly cohort: CohortRepresentation;
}

export async function aProgramme(host: Institution, over: object = {}): Promise<ProgrammeRepresentation> {
  const { ok, headers } = await host.coordinator.call('createProgramme', { body: aProgrammeBody(over) });
  const published = await host.coordinator.call('updateProgramme', {
    params: { programmeId: ok.id },
    body: { status: 'published' },
    ifMatch: String(headers.etag),
  });
  return published.ok;
}

export async function aDraftCohort(host: Institution, programmeId: string, over: object = {}) {
  return host.coordinator.call('createCohort', { params: { programmeId }, body: aCohortBody(over) });
}

/** What is not given is made. @param over of the cohort's body @param programmeOver of the programme's */
export async function aCohort(
  { host, applicant, programme }: Partial<Omit<Training, 'cohort'>> = {},
  over: object = {},
  programmeOver: object = {},
): Promise<Training> {
  const holding = host ?? (await anInstitution());
  const of = programme ?? (await aProgramme(holding, programmeOver));
  const draft = await aDraftCohort(holding, of.id, over);
  const cohort = await changeCohort({ host: holding, cohort: draft.ok }, { status: 'published' });
  return { host: holding, applicant: applicant ?? (await anInstitution()), programme: of, cohort: cohort.ok };
}

/** What stands in the paths of a programme, by parameter; its institutions are the scene's own. */
export async function trainingPaths(host: Institution, applicant: Institution): Promise<Record<string, string>> {
  const scene = await aCohort({ host, applicant });
  const { id: applicationId } = await aConfirmed(scene);
  await change(applicant, 'nameTrainee', { id: applicationId }, { displayName: 'A. Nonymous', consent: true });
  const completed = await aCompleted(await aCohort({ host, applicant, programme: scene.programme }));
  const params = { applicationId: completed.id };
  const { id: credentialId } = (await host.coordinator.call('issueCredential', { params })).ok;
  const coming = { programmeId: scene.programme.id, cohortId: scene.cohort.id, applicationId, date: day(30) };
  return { ...coming, credentialId, list: '1', ...(await fundingPaths(scene, applicationId)) };
}

/** The same for its money: two budgets, as lists have pages, and a travel grant. */
async function fundingPaths({ host, applicant, cohort }: Training, applicationId: string) {
  const body = { payer: { source: 'host' }, limit: { amount: 100_000, currency: 'EUR' } };
  const params = { cohortId: cohort.id };
  await host.coordinator.call('createBudget', { params, body });
  const { ok: budget } = await host.coordinator.call('createBudget', { params, body });
  const items = [{ kind: 'ticket', money: { amount: 30_000, currency: 'EUR' } }];
  const { ok: grant } = await applicant.coordinator.call('createTravelGrant', { body: { applicationId, items } });
  return { budgetId: budget.id, travelGrantId: grant.id };
}

export async function changeCohort({ host, cohort }: Pick<Training, 'host' | 'cohort'>, body: object) {
  const params = { cohortId: cohort.id };
  const ifMatch = String((await host.coordinator.call('getCohort', { params })).headers.etag);
  return host.coordinator.call('updateCohort', { params, body, ifMatch });
}

export async function cohortOf({ host, cohort }: Training): Promise<CohortRepresentation> {
  return (await host.coordinator.call('getCohort', { params: { cohortId: cohort.id } })).ok;
}

/** Applies for so many nominees together. */
export function applyFor(
  { cohort }: Pick<Training, 'cohort'>,
  { coordinator }: Institution,
  nominees: readonly object[] = [aNominee()],
  options: Parameters<Client['call']>[1] = {},
) {
  const body = { nominees, motivation: 'To learn what is new.' };
  return coordinator.call('createApplication', { params: { cohortId: cohort.id }, body, ...options });
}

type Action = `${'accept' | 'decline' | 'confirm' | 'withdraw' | 'complete'}Application`;

export function actOn(who: Institution, action: Action, { id }: { readonly id: string }, options = {}) {
  return who.coordinator.call(action, { params: { applicationId: id }, ...options });
}

export async function applicationSeenBy({ coordinator }: Institution, { id }: { readonly id: string }) {
  return (await coordinator.call('getApplication', { params: { applicationId: id } })).ok;
}

/** An application that was accepted: it has a seat, or waits. */
export async function anAccepted(scene: Training, applicant = scene.applicant): Promise<ApplicationRepresentation> {
  const { ok } = await applyFor(scene, applicant);
  return (await actOn(scene.host, 'acceptApplication', ok)).ok;
}

export async function aConfirmed(scene: Training, applicant = scene.applicant): Promise<ApplicationRepresentation> {
  return (await actOn(applicant, 'confirmApplication', await anAccepted(scene, applicant))).ok;
}

export const NAME = { displayName: 'Madina Ellerbroek', consent: true };

/** One that has completed the programme. @param name for the certificate; none if `null` */
export async function aCompleted(scene: Training, name: object | null = NAME): Promise<ApplicationRepresentation> {
  const { id } = await aConfirmed(scene);
  await moveCohort(scene, day(0), day(0));
  await change(scene.host, 'recordAttendance', { id, date: day(0) }, { presence: 'present' });
  if (name !== null) await change(scene.applicant, 'nameTrainee', { id }, name);
  return (await actOn(scene.host, 'completeApplication', { id })).ok;
}

/** Changes of applications by `PUT` and `DELETE`, of the version that is there. */
export async function change(
  who: Institution,
  operationId: 'recordAttendance' | 'nameTrainee' | 'eraseTraineeName',
  { id, ...more }: { readonly id: string; readonly date?: string },
  body?: object,
) {
  const params = { applicationId: id, ...more };
  const read = await who.coordinator.call('getApplication', { params: { applicationId: id } });
  return who.coordinator.call(operationId, { params, ...(body && { body }), ifMatch: String(read.headers.etag) });
}

const TABLE = async () => (await hubFacts()).tables.training;
const now = (): number => Math.floor(Date.now() / 1000);

/** Changes what is stored as if a seat had been given longer ago: its time to be confirmed is over since a second. */
export async function elapseSeat({ id, institutionId, nominee }: ApplicationRepresentation): Promise<void> {
  const client = await engine();
  const pk = `COHORT#${familyOf(id)}`;
  const acceptedAt = now() - 601;
  await client.send(
    new UpdateCommand({
      TableName: await TABLE(),
      Key: { pk, sk: `APPLICATION#${id}` },
      UpdateExpression: 'SET confirmBy = :past, acceptedAt = :at',
      ExpressionAttributeValues: { ':past': new Date((acceptedAt + 600) * 1000).toISOString(), ':at': acceptedAt },
    }),
  );
  const subject = subjectKey(institutionId, nominee.pseudonym);
  const holder = { id, subject, state: 'held' as const, takenAt: acceptedAt, minutes: 10 };
  for (let segment = 0; ; segment++) {
    const { Attributes } = await client
      .send(
        new UpdateCommand({
          TableName: await TABLE(),
          Key: { pk, sk: `COHORT#SEGMENT#${String(segment).padStart(2, '0')}` },
          UpdateExpression: 'SET holders.#id = :holder',
          ConditionExpression: 'attribute_exists(holders.#id) OR attribute_not_exists(pk)',
          ExpressionAttributeNames: { '#id': holderKey(id) },
          ExpressionAttributeValues: { ':holder': encodeHolder(holder) },
          ReturnValues: 'ALL_NEW',
        }),
      )
      .catch(() => ({ Attributes: undefined }));
    if (Attributes !== undefined) return;
    if (segment > 30) throw new Error('The application has no seat');
  }
}

/** Changes what is stored as a step does that dies before it comes to the cohort's seats. */
export async function stepApplicationHalfWay(
  { id }: ApplicationRepresentation,
  status: ApplicationRepresentation['status'],
): Promise<void> {
  const client = await engine();
  await client.send(
    new UpdateCommand({
      TableName: await TABLE(),
      Key: { pk: `COHORT#${familyOf(id)}`, sk: `APPLICATION#${id}` },
      UpdateExpression: 'SET #status = :status, version = version + :one',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':status': status, ':one': 1 },
    }),
  );
}

/** Changes what is stored as if a cohort had been held on other days. */
export async function moveCohort({ cohort }: Pick<Training, 'cohort'>, from: string, to: string): Promise<void> {
  const client = await engine();
  await client.send(
    new UpdateCommand({
      TableName: await TABLE(),
      Key: { pk: `COHORT#${familyOf(cohort.id)}`, sk: 'COHORT' },
      UpdateExpression: 'SET #dates = :dates',
      ExpressionAttributeNames: { '#dates': 'dates' },
      ExpressionAttributeValues: { ':dates': { from, to } },
    }),
  );
}

/** The same for the day on which an institution's seats are released. */
export async function releaseSeats({ cohort }: Pick<Training, 'cohort'>, releaseDate: string): Promise<void> {
  const client = await engine();
  await client.send(
    new UpdateCommand({
      TableName: await TABLE(),
      Key: { pk: `COHORT#${familyOf(cohort.id)}`, sk: 'COHORT' },
      UpdateExpression: 'SET seats.kept[0].releaseDate = :day',
      ExpressionAttributeValues: { ':day': releaseDate },
    }),
  );
}

/** Expects the numbers of a cohort's seats to add up, and nobody to wait while there is a seat that is free for all. */
export async function expectBalance(
  scene: Training,
  expected: Partial<CohortRepresentation['balance']>,
): Promise<void> {
  const { balance, seats } = await cohortOf(scene);
  expect(balance).toMatchObject(expected);
  const { accepted, confirmed, completed, free } = balance;
  expect(accepted + confirmed + completed + free).toBe(seats.total);
}
