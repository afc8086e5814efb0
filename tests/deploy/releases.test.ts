import { DynamoDBClient, paginateScan, QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';

import { aBookingBody, aPoolBody } from '../support/factories.ts';
import { hub } from '../support/hub.ts';
import { aHospital } from '../support/spare-partners.ts';
import { bootstrap, type CdkRun, cdk, cdkOrThrow } from './cdk.ts';
import { AUDIENCE, startIssuer, type TestIssuer } from './issuer.ts';
import { clientConfig, DeployedStack } from './stack.ts';
import { openMinistack, type Target } from './target.ts';

/** A release, the next one, one that fails, and the way back, over a database with data. */

const deployment = inject('deployment');
/** MiniStack has to be a new one, in which the tables have names from the beginning (see `release.ts`). */
const ownMinistack = deployment.target === 'MiniStack';
/** An emulator that runs already may be one that takes the data away with a change of a table, as MiniStack does. */
const describeReleases = describe.skipIf(deployment.target === 'the given endpoint');

let target: Pick<Target, 'environment' | 'flags' | 'stop'>;
let stack: DeployedStack;
let database: DynamoDBClient;
let token: TestIssuer['token'];
let url: string;
let before: readonly string[];

function deploy(release: 'this' | 'next' | 'broken', attempt = cdkOrThrow): Promise<CdkRun> {
  const flags = ['-c', `release=${release}`, ...target.flags];
  return attempt(['deploy', '--require-approval', 'never', ...flags], target.environment, {
    app: 'node tests/deploy/release.ts',
  });
}

const partners = [aHospital(), aHospital()];
const [provider = '', beneficiary = ''] = partners.map(({ id }) => id);

async function call(
  institution: string,
  method: string,
  path: string,
  body?: object,
): Promise<{ id: string; status: number }> {
  const bearer = await token({ institution, role: 'coordinator' });
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${bearer}`,
      'idempotency-key': crypto.randomUUID(),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { ...((await response.json()) as { id: string }), status: response.status };
}

/** Everything that is stored, in an order of its own. */
async function everything(): Promise<readonly string[]> {
  const items: string[] = [];
  for (const prefix of ['Institutions', 'Agreements', 'Quotas']) {
    const TableName = await stack.table(prefix);
    for await (const { Items = [] } of paginateScan({ client: database }, { TableName })) {
      items.push(...Items.map((item) => JSON.stringify(Object.entries(item).toSorted())));
    }
  }
  return items.toSorted();
}

async function bookings(): Promise<number> {
  const authorization = `Bearer ${await token({ institution: beneficiary, role: 'coordinator' })}`;
  const response = await fetch(`${url}/v1/bookings?limit=100`, { headers: { authorization } });
  return ((await response.json()) as { items: unknown[] }).items.length;
}

async function openReleases(): Promise<{ readonly target: typeof target; readonly token: typeof token }> {
  if (!ownMinistack) return { target: { ...deployment, stop: async () => undefined }, token: hub.token };
  const ministack = await openMinistack();
  const issuer = await startIssuer();
  const context = { issuer: issuer.url, issuerAudience: AUDIENCE, nameTables: 'yes' };
  const flags = Object.entries(context).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const stop = async (): Promise<void> => {
    await issuer.stop();
    await ministack.stop();
  };
  return { target: { ...ministack, flags: [...ministack.flags, ...flags], stop }, token: issuer.token };
}

describeReleases('a deployment', () => {
  beforeAll(async () => {
    ({ target, token } = await openReleases());
    stack = new DeployedStack(deployment.stack, target.environment);
    database = new DynamoDBClient(clientConfig(target.environment));
    if (ownMinistack) await bootstrap(target.environment);
    await deploy('this');
    url = await stack.apiUrl();
    await stack.invoke('InstitutionsRegister', { institutions: partners });
    const made = async (...request: Parameters<typeof call>) => {
      const answer = await call(...request);
      expect(answer.status).toBe(201);
      return answer;
    };
    // The quotas follow the registry by its stream: until they do, they know neither of the two.
    const patience = { timeout: 30_000, interval: 500 };
    const pool = await vi.waitFor(() => made(provider, 'POST', '/v1/pools', aPoolBody()), patience);
    const body = { beneficiaryId: beneficiary, nominal: 8 };
    const grant = await vi.waitFor(() => made(provider, 'POST', `/v1/pools/${pool.id}/grants`, body), patience);
    for (let booked = 0; booked < 5; booked += 1) {
      const hold = await call(beneficiary, 'POST', `/v1/grants/${grant.id}/bookings`, aBookingBody());
      const confirmed = await call(beneficiary, 'POST', `/v1/bookings/${hold.id}/confirm`);
      expect(confirmed.status).toBe(200);
    }
    // The jobs behind the streams have done their part once the ledger has the grant and both steps of every booking.
    before = await vi.waitFor(async () => {
      const items = await everything();
      expect(items.filter((item) => item.includes('"LEDGER#'))).toHaveLength(1 + 5 * 2);
      return items;
    }, patience);
  });

  afterAll(async () => {
    await target.stop();
  });

  test('the next release is deployed over the data and loses nothing', async () => {
    await deploy('next');
    stack.forget();

    expect(await everything()).toEqual(before);
    expect(await (await fetch(`${url}/next`)).text()).toBe('the next release');
    expect(await bookings()).toBe(5);
    const partner = await database.send(
      new QueryCommand({
        TableName: await stack.table('Quotas'),
        IndexName: 'bySort',
        KeyConditionExpression: 'sk = :sk',
        ExpressionAttributeValues: { ':sk': { S: 'PARTNER' } },
      }),
    );
    expect(partner.Count).toBeGreaterThanOrEqual(2);
  });

  test('is taken back by deploying the release before, and nothing is lost', async () => {
    await deploy('this');
    stack.forget();

    expect(await everything()).toEqual(before);
    expect((await fetch(`${url}/next`)).status).toBe(404);
    expect(await bookings()).toBe(5);
  });

  test('a release that fails half-way is taken back by itself, and a good one can follow', async () => {
    const { status, output } = await deploy('broken', cdk);
    stack.forget();

    expect(status).not.toBe(0);
    expect(output).toContain('SecureString');
    expect(await stack.status()).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await everything()).toEqual(before);
    expect((await fetch(`${url}/next`)).status).toBe(404);
    expect(await bookings()).toBe(5);

    await deploy('next');
    expect(await everything()).toEqual(before);
    expect((await fetch(`${url}/next`)).status).toBe(200);
  });
});
