import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { PartnersTable } from '../../lambdas/institutions/published-partners.ts';
import { SingleTable } from '../../lambdas/shared/dynamo/single-table.ts';
import { CredentialsTable } from '../../lambdas/training/credentials-table.ts';
import { applicationKey } from '../../lambdas/training/keys.ts';
import { aCohortBody, aNominee, aProgrammeBody } from '../support/training.ts';
import { type Fault, TRIED } from './fault-proxy.ts';
import { losing } from './losing.ts';
import { Scene } from './scene.ts';

/**
 * Every call that issuing and revoking make to the database, each fault at each of them, then the client's repetition: there is
 * one valid credential of an application, or none once it is revoked, as the status list says, too.
 */

let scene: Scene;
let client: DynamoDBClient;
let table: SingleTable;
let credentials: CredentialsTable;
beforeAll(async () => {
  scene = await Scene.open({ jobs: false });
  // Past the proxy.
  client = new DynamoDBClient({
    endpoint: scene.hub.dynamodbEndpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const marshallOptions = { removeUndefinedValues: true };
  table = new SingleTable(DynamoDBDocumentClient.from(client, { marshallOptions }), scene.hub.tableName('Training'));
  credentials = new CredentialsTable(table);
}, 180_000);
afterAll(async () => {
  client.destroy();
  await scene.close();
});

interface Completed {
  readonly host: string;
  readonly applicationId: string;
}

async function publish(host: string, path: string): Promise<void> {
  const token = await scene.hub.token({ institution: host, role: 'coordinator' });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'if-match': '"1"' };
  const body = JSON.stringify({ status: 'published' });
  const { status } = await fetch(scene.hub.url + path, { method: 'PATCH', headers, body });
  expect(status).toBe(200);
}

let around: { readonly host: string; readonly applicant: string; readonly path: string } | undefined;

/** A cohort that has seats for all that is tried here. */
async function aCohort() {
  if (around !== undefined) return around;
  const [host, applicant] = [uuidv7(), uuidv7()];
  const partners = new PartnersTable(table);
  for (const id of [host, applicant]) await partners.put({ id, status: 'active', version: 1, name: { en: 'Clinic' } });
  const programme = await scene.insist(host, '/v1/programmes', aProgrammeBody());
  const programmePath = `/v1/programmes/${String(programme.body['id'])}`;
  await publish(host, programmePath);
  const cohort = await scene.insist(host, `${programmePath}/cohorts`, aCohortBody({ seats: { total: 500 } }));
  const path = `/v1/cohorts/${String(cohort.body['id'])}`;
  await publish(host, path);
  around = { host, applicant, path: `${path}/applications` };
  return around;
}

/** An application, stored as if the programme was completed. */
async function aCompleted(): Promise<Completed> {
  const { host, applicant, path } = await aCohort();
  const { body } = await scene.insist(applicant, path, { nominees: [aNominee()] });
  const applicationId = String(body['id']);
  await table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key: applicationKey(applicationId),
      UpdateExpression: 'SET #status = :completed',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':completed': 'completed' },
    }),
  );
  return { host, applicationId };
}

const issuing = ({ applicationId }: Completed): string => `/v1/applications/${applicationId}/credentials`;

/** What is stored of an application: its last credential, and whether the list has it as revoked. */
async function stored({ applicationId }: Completed) {
  const id = await credentials.lastOf(applicationId);
  const credential = id === undefined ? undefined : await credentials.get(id);
  if (credential === undefined) return { id, status: undefined, isListed: undefined };
  const { list, index } = credential.place;
  return { id, status: credential.status, isListed: (await credentials.revokedIn(list)).includes(index) };
}

/** Makes a request that meets a fault at one of its calls, then repeats it. @returns what came, and whether it had that call */
async function disturbed(host: string, path: string, body: unknown, fault: Fault, at: number) {
  const key = crypto.randomUUID();
  scene.proxy.follow(({ number }) => (number === at ? fault : undefined));
  await scene.send(host, path, body, key);
  const isReached = scene.proxy.calls >= at;
  scene.proxy.follow();
  return { answer: await scene.insist(host, path, body, key), isReached };
}

/** The SDK waits about a second before it tries again when it is throttled, and that is tried with all other requests. */
const tried = TRIED.filter((fault) => fault !== 'throttled');

test.each(tried)('one credential is issued when any call is %s', { timeout: 240_000 }, async (fault) => {
  let calls = 0;
  for (let at = 1; ; at++) {
    const completed = await aCompleted();
    const { answer, isReached } = await disturbed(completed.host, issuing(completed), undefined, fault, at);
    expect(answer.status, `${fault} at call ${String(at)}`).toBe(201);
    expect(await stored(completed)).toEqual({ id: answer.body['id'], status: 'valid', isListed: false });
    // Whoever asks for another one is told of this one.
    const other = await scene.insist(completed.host, issuing(completed));
    expect(other).toMatchObject({ status: 409, body: { credentialId: answer.body['id'] } });
    if (!isReached) break;
    calls = at;
  }
  expect(calls).toBeGreaterThan(4);
});

test.each(tried)('it is revoked, in its list too, when any call is %s', { timeout: 240_000 }, async (fault) => {
  let calls = 0;
  for (let at = 1; ; at++) {
    const completed = await aCompleted();
    const issued = await scene.insist(completed.host, issuing(completed));
    const id = String(issued.body['id']);
    const path = `/v1/credentials/${id}/revoke`;
    const { answer, isReached } = await disturbed(completed.host, path, { reason: 'misconduct' }, fault, at);
    expect(answer, `${fault} at call ${String(at)}`).toMatchObject({ status: 200, body: { id, status: 'revoked' } });
    expect(await stored(completed)).toEqual({ id, status: 'revoked', isListed: true });
    if (!isReached) break;
    calls = at;
  }
  expect(calls).toBeGreaterThan(3);
});

test('many who ask at once, with replies lost, get one credential between them', { timeout: 120_000 }, async () => {
  const completed = await aCompleted();
  scene.proxy.follow(losing(0.3));
  const answers = await Promise.all(Array.from({ length: 12 }, () => scene.insist(completed.host, issuing(completed))));
  scene.proxy.follow();
  const issued = answers.filter(({ status }) => status === 201);
  expect(issued).toHaveLength(1);
  expect(await stored(completed)).toEqual({ id: issued[0]?.body['id'], status: 'valid', isListed: false });
  for (const { status } of answers) expect([201, 409]).toContain(status);
});
