import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { DescribeTimeToLiveCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { type Hub, startHub } from '../../lib/local/hub.ts';
import { CLIENT_SECRETS, ClientSecrets } from '../../lib/local/issuer/accounts.ts';
import { openStore } from '../../lib/local/store.ts';
import { route, writeFixtureAssembly } from '../support/fixture-assembly.ts';

// The second engine is a Java machine, which takes its time to start.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const INSTITUTION = '019a8f3e-7c00-7a11-8000-0000000000ff';

const CODE = `
const fails = new Map();
export async function http(event) {
  const wanted = event.headers['x-wanted'];
  switch (wanted) {
    case 'throw': throw new Error('boom');
    case 'hang': return new Promise(() => undefined);
    case 'text': return 'plain';
    case 'cookies': return { statusCode: 201, cookies: ['a=1', 'b=2'], headers: { 'X-Count': 3 }, body: 'made' };
    case 'bytes': return { statusCode: 200, headers: { 'content-type': 'image/png' }, body: 'AAEC/w==', isBase64Encoded: true };
    case 'nonsense': return { statusCode: 200, body: { not: 'text' } };
    case 'env': return { ...process.env };
    default: return event;
  }
}
// Says what it took. Refuses a record whose item has 'refusals' that many times.
export async function stream({ Records }) {
  for (const record of Records) {
    const { dynamodb, eventName, eventSourceARN, eventSource } = record;
    const refusals = Number(dynamodb.NewImage.refusals?.N ?? 0);
    const seen = fails.get(dynamodb.SequenceNumber) ?? 0;
    if (seen < refusals) {
      fails.set(dynamodb.SequenceNumber, seen + 1);
      if (dynamodb.NewImage.throws) throw new Error('poison');
      return { batchItemFailures: [{ itemIdentifier: dynamodb.SequenceNumber }] };
    }
    console.log(JSON.stringify({ took: dynamodb.Keys.sk.S, eventName, eventSource, eventSourceARN, image: dynamodb.NewImage }));
  }
  return { batchItemFailures: [] };
}
// Says what it got. What it cannot handle it makes visible again at once, as far as its role allows.
export async function queue({ Records }) {
  const call = async (operation, request) => {
    const { status } = await fetch(process.env.QUEUE_URL, {
      method: 'POST',
      headers: {
        'x-amz-target': 'AmazonSQS.' + operation,
        authorization: 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/x',
      },
      body: JSON.stringify({ QueueUrl: process.env.QUEUE_URL, ...request }),
    });
    return status;
  };
  const failed = [];
  for (const { messageId, receiptHandle: ReceiptHandle, body, attributes, eventSource } of Records) {
    const { times = 0, throws, slow } = JSON.parse(body);
    if (throws) throw new Error('poison');
    if (slow) await new Promise((resolve) => setTimeout(resolve, slow));
    const again = Number(attributes.ApproximateReceiveCount) <= times;
    const visible = again ? await call('ChangeMessageVisibility', { ReceiptHandle, VisibilityTimeout: 0 }) : 0;
    const sent = await call('SendMessage', { MessageBody: 'x' });
    console.log(JSON.stringify({ got: body, again, visible, sent, eventSource, batch: Records.length }));
    if (again) failed.push({ itemIdentifier: messageId });
  }
  return { batchItemFailures: failed };
}
export async function tick(event) { console.log(JSON.stringify({ tick: event })); }
`;

/** JSON whose shape the assertions check. */
interface Json {
  readonly [name: string]: Json | undefined;
}

async function json(response: Response): Promise<Json> {
  return (await response.json()) as Json;
}

interface Took {
  took: string;
  image: Record<string, unknown>;
}

function started(options: Parameters<typeof startHub>[0] = {}) {
  const logs: string[] = [];
  return { logs, hub: startHub({ onLog: (line) => logs.push(line), ...options }) };
}

function database({ dynamodbEndpoint: endpoint }: Hub): DynamoDBClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials });
}

/** What the stream function says it took, in order. Its output arrives a little after its result. */
function taken(logs: readonly string[]): Took[] {
  return logs.filter((line) => line.startsWith('{"took"')).map((line) => JSON.parse(line));
}

describe('an app served by the local runtime', () => {
  const assembly = writeFixtureAssembly({ code: CODE });
  let hub: Hub;
  let logs: string[];
  let client: DynamoDBClient;

  beforeAll(async () => {
    const start = started({ assembly });
    logs = start.logs;
    hub = await start.hub;
    client = database(hub);
  });
  afterAll(async () => {
    client.destroy();
    await hub.stop();
    rmSync(assembly, { recursive: true });
  });

  const put = async (sk: string, more: Record<string, { N: string } | { B: Uint8Array } | { BOOL: boolean }> = {}) =>
    client.send(
      new PutItemCommand({ TableName: hub.tableName('Table'), Item: { pk: { S: 'x' }, sk: { S: sk }, ...more } }),
    );
  const get = async (path: string, headers: Record<string, string> = {}) => fetch(hub.url + path, { headers });
  const token = async (request: Partial<Parameters<Hub['token']>[0]> = {}) =>
    hub.token({ institution: INSTITUTION, role: 'coordinator', ...request });
  const guarded = async (bearer: string) => get('/guarded', { authorization: `Bearer ${bearer}` });

  describe('events', () => {
    it('have the shape of payload format 2.0', async () => {
      const response = await fetch(`${hub.url}/public/a%20b/c/d?x=1&x=2&y=%26`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: 'p=1; q=2', 'X-Mixed-Case': 'v', 'user-agent': 'me' },
        body: '{"ä":1}',
      });
      const event = await json(response);
      expect(response.headers.get('content-type')).toBe('application/json');
      expect(event).toMatchObject({
        version: '2.0',
        routeKey: 'POST /public/{name}/{rest+}',
        rawPath: '/public/a b/c/d',
        rawQueryString: 'x=1&x=2&y=%26',
        cookies: ['p=1', 'q=2'],
        queryStringParameters: { x: '1,2', y: '&' },
        pathParameters: { name: 'a b', rest: 'c/d' },
        headers: { 'x-mixed-case': 'v', 'content-type': 'application/json', 'x-forwarded-proto': 'http' },
        body: '{"ä":1}',
        isBase64Encoded: false,
        requestContext: {
          accountId: '000000000000',
          apiId: 'Api',
          stage: '$default',
          http: {
            method: 'POST',
            path: '/public/a b/c/d',
            protocol: 'HTTP/1.1',
            sourceIp: '127.0.0.1',
            userAgent: 'me',
          },
        },
      });
      expect(event['headers']?.['cookie']).toBeUndefined();
      expect(event['requestContext']?.['authorizer']).toBeUndefined();
      expect(event['requestContext']?.['time']).toMatch(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/);
      expect(event['requestContext']?.['requestId']).toMatch(/./);
    });

    it('carry what is not text as base64', async () => {
      const body = new Uint8Array([0, 255, 1]);
      const form = { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body };
      const event = await json(await fetch(`${hub.url}/public/a/b`, form));
      expect(event).toMatchObject({ isBase64Encoded: true, body: 'AP8B' });
    });

    it('carry the claims of the token as text, and the scopes of the route that it has', async () => {
      const bearer = await token({ scopes: ['hub/quotas.read', 'hub/admin'], claims: { roles: ['a', 'b'] } });
      const event = await json(await guarded(bearer));
      const { claims, scopes } = event['requestContext']?.['authorizer']?.['jwt'] ?? {};
      expect(scopes).toEqual(['hub/quotas.read']);
      expect(claims).toMatchObject({ roles: '[a b]', institution_id: INSTITUTION, scope: 'hub/quotas.read hub/admin' });
      expect(Number(claims?.['exp'])).toBeGreaterThan(Date.now() / 1000);
    });

    it('have null for the scopes of a route that asks for none', async () => {
      const event = await json(await get('/unscoped', { authorization: `Bearer ${await token()}` }));
      expect(event['requestContext']?.['authorizer']?.['jwt']?.['scopes']).toBeNull();
    });
  });

  describe('responses', () => {
    it('carry status, headers and cookies', async () => {
      const response = await get('/public', { 'x-wanted': 'cookies' });
      expect(response.status).toBe(201);
      expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
      expect(response.headers.get('x-count')).toBe('3');
      expect(response.headers.get('content-type')).toBe('text/plain;charset=UTF-8');
      expect(await response.text()).toBe('made');
    });

    it('decode base64', async () => {
      const response = await get('/public', { 'x-wanted': 'bytes' });
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0, 1, 2, 255]));
    });

    it('take text without a status as the body', async () => {
      const response = await get('/public', { 'x-wanted': 'text' });
      expect([response.status, await response.text()]).toEqual([200, 'plain']);
    });

    it.each(['throw', 'hang', 'nonsense'])('say no more than API Gateway when a function does: %s', async (wanted) => {
      const response = await get('/public', { 'x-wanted': wanted });
      expect(response.status).toBe(500);
      expect(await response.json()).toEqual({ message: 'Internal Server Error' });
      expect((await get('/public')).status).toBe(200);
    });
  });

  it('gives functions the environment of the template and of Lambda, and nothing of the host', async () => {
    const env = await json(await get('/public', { 'x-wanted': 'env' }));
    expect(env).toMatchObject({
      TABLE_NAME: hub.tableName('Table'),
      AWS_LAMBDA_FUNCTION_NAME: 'HttpFunction',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_ENDPOINT_URL_DYNAMODB: expect.stringMatching(/^http:/),
      AWS_ENDPOINT_URL_S3: hub.s3Endpoint,
    });
    expect(env['SECRET']).toMatch(/^[A-Za-z0-9]{43}$/);
    expect(env['PATH']).toBeUndefined();
  });

  it('makes tables with their time to live', async () => {
    const { TimeToLiveDescription: ttl } = await client.send(
      new DescribeTimeToLiveCommand({ TableName: hub.tableName('Table') }),
    );
    expect(ttl).toMatchObject({ AttributeName: 'ttl', TimeToLiveStatus: expect.stringMatching(/^ENABL/) });
  });

  describe('the gateway refuses', () => {
    it('a path that no route has, as a problem', async () => {
      const response = await get('/public/');
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      const problem = await json(response);
      expect(problem).toMatchObject({
        type: '/problems/not-found',
        status: 404,
        instance: '/public/',
        message: 'Not Found',
      });
      expect(response.headers.get('x-correlation-id')).toBe(problem['correlationId']);
      expect((await fetch(`${hub.url}/public`, { method: 'DELETE' })).status).toBe(404);
    });

    it('a body above 10 MB', async () => {
      const body = new Uint8Array(10 * 1024 * 1024 + 1);
      const response = await fetch(`${hub.url}/public/a/b`, { method: 'POST', body });
      expect(response.status).toBe(413);
      expect(await response.json()).toMatchObject({ type: '/problems/body-too-large' });
    });

    it('a request without a token', async () => {
      const response = await get('/guarded');
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(await response.json()).toMatchObject({ type: '/problems/unauthorized', message: 'Unauthorized' });
    });

    it('a token without any of the scopes', async () => {
      const response = await guarded(await token({ scopes: ['hub/institutions.read'] }));
      expect(response.status).toBe(403);
      expect(response.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
      expect(await response.json()).toMatchObject({ type: '/problems/forbidden', message: 'Forbidden' });
    });

    const now = Math.floor(Date.now() / 1000);
    it.each([
      ['of another issuer', { iss: 'https://elsewhere.example' }],
      ['for another audience', { aud: 'somebody-else' }],
      ['for another client when it has no audience', { aud: undefined, client_id: 'somebody-else' }],
      ['that has expired', { exp: now - 1 }],
      ['that never expires', { exp: undefined }],
      ['that is not valid yet', { nbf: now + 60 }],
      ['issued in the future', { iat: now + 60 }],
    ])('a token %s', async (_what, claims) => {
      const response = await guarded(await token({ claims }));
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
    });

    it('tokens signed otherwise than by the issuer’s key', async () => {
      const [header = '', payload = '', signature = ''] = (await token()).split('.');
      const kid = JSON.parse(Buffer.from(header, 'base64url').toString()).kid;
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
      const { privateKey } = await generateKeyPair('RS256');
      const { privateKey: psKey } = await generateKeyPair('PS256');
      const secret = new TextEncoder().encode('the public key, say, as a shared secret');
      const forged = [
        `${header}.${payload}.`,
        `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
        `${header}.${Buffer.from(JSON.stringify({ ...claims, roles: ['hub-admin'] })).toString('base64url')}.${signature}`,
        new UnsecuredJWT(claims).encode(),
        await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey),
        await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'other' }).sign(privateKey),
        await new SignJWT(claims).setProtectedHeader({ alg: 'PS256', kid }).sign(psKey),
        await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid }).sign(secret),
        'nonsense',
      ];
      for (const bearer of forged) expect((await guarded(bearer)).status, bearer).toBe(401);
    });
  });

  it('takes the client id for the audience of a token without one', async () => {
    const env = await json(await get('/unscoped', { authorization: `Bearer ${await token()}` }));
    const aud = env['requestContext']?.['authorizer']?.['jwt']?.['claims']?.['aud'];
    expect((await guarded(await token({ claims: { aud: undefined, client_id: aud } }))).status).toBe(200);
  });

  describe('streams', () => {
    it('hand on what the filter wants, in order, again until it is taken', async () => {
      await put('WANTED#1');
      await put('UNWANTED#1');
      await put('WANTED#2', { refusals: { N: '2' } });
      await put('WANTED#3', { refusals: { N: '2' }, throws: { BOOL: true } });
      await put('WANTED#1', { refusals: { N: '0' } });
      await put('WANTED#4', { bytes: { B: new Uint8Array([1, 2]) } });
      await hub.drainStreams();
      await expect
        .poll(() =>
          taken(logs)
            .map(({ took }) => took)
            .at(-1),
        )
        .toBe('WANTED#4');
      const firsts = [...new Set(taken(logs).map(({ took }) => took))];
      expect(firsts).toEqual(['WANTED#1', 'WANTED#2', 'WANTED#3', 'WANTED#4']);
      expect(taken(logs).at(-1)).toMatchObject({
        eventName: 'INSERT',
        eventSource: 'aws:dynamodb',
        eventSourceARN: expect.stringContaining(':dynamodb:'),
        image: { pk: { S: 'x' }, bytes: { B: 'AQI=' } },
      });
    });

    it('tell which of them does not catch up', async () => {
      await put('WANTED#stubborn', { refusals: { N: '6' } });
      await expect(hub.drainStreams(100)).rejects.toThrow('Mapping');
      await hub.drainStreams();
    });
  });

  describe('queues', () => {
    const api = async (operation: string, queue: string, request: Record<string, unknown> = {}) => {
      const url = hub.queueUrl(queue);
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'x-amz-target': `AmazonSQS.${operation}` },
        body: JSON.stringify({ QueueUrl: url, ...request }),
      });
      return json(response);
    };
    const send = async (...bodies: object[]) =>
      api('SendMessageBatch', 'WorkQueue', {
        Entries: bodies.map((body, index) => ({ Id: String(index), MessageBody: JSON.stringify(body) })),
      });
    const got = (of: string): Record<string, unknown>[] =>
      logs.filter((line) => line.startsWith('{"got"') && line.includes(of)).map((line) => JSON.parse(line));

    it('hand on messages in batches, and again those that failed', async () => {
      await send({ n: 'one' }, { n: 'two', times: 2 }, { n: 'three' });
      await hub.drainStreams();
      // A line of a message can be read later than one of another message.
      await expect.poll(() => got('"n').length).toBe(5);
      expect(['one', 'two', 'three'].map((n) => got(n).map(({ again }) => again))).toEqual([
        [false],
        [true, true, false],
        [false],
      ]);
      expect(got('one')).toMatchObject([{ eventSource: 'aws:sqs', batch: 3, again: false }]);
      expect(got('two').map(({ batch }) => batch)).toEqual([3, 1, 1]);
    });

    it('let a function do what its role allows, and no more', () => {
      expect(got('two')[0]).toMatchObject({ visible: 200, sent: 400 });
      const refused = hub.databaseUsage()?.get('QueueFunction')?.refused;
      if (hub.engine !== 'external') expect(refused).toMatchObject([{ action: 'sqs:SendMessage' }]);
    });

    it('put what fails too often into the queue of dead letters', async () => {
      await send({ poison: 'a', times: 9 });
      await send({ poison: 'b', throws: true });
      await expect
        .poll(async () => (await api('GetQueueAttributes', 'DeadQueue'))['Attributes'], { timeout: 20_000 })
        .toMatchObject({ ApproximateNumberOfMessages: '2' });
      const received = await api('ReceiveMessage', 'DeadQueue', { MaxNumberOfMessages: 10 });
      expect(JSON.stringify(received['Messages'])).toContain('poison');
      expect(got('poison')).toHaveLength(3);
    });

    it('are not held up by a message that takes long', async () => {
      await send({ race: 'turtle', slow: 900 });
      await expect
        .poll(async () => (await api('GetQueueAttributes', 'WorkQueue'))['Attributes'])
        .toMatchObject({ ApproximateNumberOfMessages: '0' });
      await send({ race: 'hare' });
      await expect.poll(() => got('race').length).toBe(2);
      expect(JSON.stringify(got('race'))).toMatch(/hare.*turtle/);
    });
  });

  it('runs schedules when asked', async () => {
    await hub.runSchedule('Tick');
    await expect.poll(() => logs.some((line) => line.includes('"detail-type":"Scheduled Event"'))).toBe(true);
  });

  it('invokes functions, and passes on what they throw', async () => {
    await expect(hub.invoke('Http', { headers: { 'x-wanted': 'text' } })).resolves.toBe('plain');
    await expect(hub.invoke('Http', { headers: { 'x-wanted': 'throw' } })).rejects.toThrow('boom');
    await expect(hub.invoke('Nobody', {})).rejects.toThrow('HttpFunction, StreamFunction, TickFunction, QueueFunction');
  });
});

describe('what the local runtime keeps', () => {
  it('is there after a restart: data, keys, secrets, messages and the place in the stream', async () => {
    const assembly = writeFixtureAssembly({ code: CODE });
    const dataDir = mkdtempSync(join(tmpdir(), 'hub-data-'));
    const key = { pk: { S: 'x' }, sk: { S: 'WANTED#1' } };
    const put = async (hub: Hub, sk: string) => {
      const client = database(hub);
      await client.send(new PutItemCommand({ TableName: hub.tableName('Table'), Item: { ...key, sk: { S: sk } } }));
      client.destroy();
    };

    const first = started({ assembly, dataDir });
    const hub = await first.hub;
    const { port } = new URL(hub.url);
    await put(hub, 'WANTED#1');
    await hub.drainStreams();
    const bearer = await hub.token({ institution: INSTITUTION, role: 'coordinator' });
    const environment = async (url: string) => json(await fetch(`${url}/public`, { headers: { 'x-wanted': 'env' } }));
    const { SECRET: secret } = await environment(hub.url);
    const later = { MessageBody: '{"left":true}', DelaySeconds: 2 };
    const url = hub.queueUrl('WorkQueue');
    const headers = { 'x-amz-target': 'AmazonSQS.SendMessage' };
    await fetch(url, { method: 'POST', headers, body: JSON.stringify({ QueueUrl: url, ...later }) });
    await hub.stop();
    await hub.stop();
    await expect(fetch(hub.url)).rejects.toThrow();

    const second = started({ assembly, dataDir, port: Number(port) });
    const again = await second.hub;
    const client = database(again);
    const { Item } = await client.send(new GetItemCommand({ TableName: again.tableName('Table'), Key: key }));
    expect(Item).toEqual(key);
    client.destroy();
    expect((await environment(again.url))['SECRET']).toBe(secret);
    expect((await fetch(`${again.url}/guarded`, { headers: { authorization: `Bearer ${bearer}` } })).status).toBe(200);
    await put(again, 'WANTED#2');
    await again.drainStreams();
    await expect.poll(() => taken(second.logs).map(({ took }) => took)).toEqual(['WANTED#2']);
    await expect.poll(() => second.logs.some((line) => line.includes('left'))).toBe(true);
    await again.stop();
    expect(taken(first.logs).map(({ took }) => took)).toEqual(['WANTED#1']);
    for (const dir of [assembly, dataDir]) rmSync(dir, { recursive: true });
  });
});

describe('what the local runtime cannot serve', () => {
  it.each([
    [
      'a cron schedule',
      { Tick: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'cron(0 4 * * ? *)' } } },
      'cron(0 4 * * ? *)',
    ],
    [
      'an attribute it has no stand-in for',
      {
        Authorizer: {
          Type: 'AWS::ApiGatewayV2::Authorizer',
          Properties: {
            AuthorizerType: 'JWT',
            JwtConfiguration: { Audience: [], Issuer: { 'Fn::GetAtt': ['Pool', 'Nonsense'] } },
          },
        },
      },
      'Fn::GetAtt Pool.Nonsense',
    ],
    ['a resource it has no stand-in for', { Pool: { Type: 'AWS::Made::Up' } }, 'AWS::Made::Up'],
    [
      'a route without an integration',
      { Integration: { Type: 'AWS::Made::Up' }, Lost: route('GET /lost') },
      'Integration',
    ],
  ])('is told at the start: %s', async (_what, resources, message) => {
    const assembly = writeFixtureAssembly({ code: CODE, resources });
    await expect(started({ assembly }).hub).rejects.toThrow(message);
    rmSync(assembly, { recursive: true });
  });
});

describe('the token issuer', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'hub-data-'));
  const assembly = writeFixtureAssembly({ code: CODE });
  let hub: Hub;
  beforeAll(async () => {
    hub = await started({ assembly, dataDir, jobs: false }).hub;
  });
  afterAll(async () => {
    await hub.stop();
    for (const dir of [assembly, dataDir]) rmSync(dir, { recursive: true });
  });

  const secretOf = (clientId: string) => openStore(dataDir).read(CLIENT_SECRETS, ClientSecrets)?.[clientId] ?? '';
  const ask = async (form: Record<string, string>, basic?: string): Promise<Record<string, unknown>> => {
    const headers = basic === undefined ? {} : { authorization: `Basic ${Buffer.from(basic).toString('base64')}` };
    const response = await fetch(`${hub.url}/oauth2/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams(form),
    });
    return { status: response.status, ...(await json(response)) };
  };
  const grant = { grant_type: 'client_credentials' };

  it('is found by discovery', async () => {
    const metadata = await json(await fetch(`${hub.url}/.well-known/openid-configuration`));
    expect(metadata).toMatchObject({ issuer: hub.url, jwks_uri: `${hub.url}/.well-known/jwks.json` });
    const { keys } = await json(await fetch(String(metadata['jwks_uri'])));
    expect(keys).toMatchObject([{ kty: 'RSA', alg: 'RS256', use: 'sig' }]);
    expect(keys?.['0']).not.toHaveProperty('d');
  });

  it('gives a client all scopes of its role, or those it asks for', async () => {
    const auditor = `alexandrov.auditor:${secretOf('alexandrov.auditor')}`;
    expect(await ask(grant, auditor)).toMatchObject({
      status: 200,
      token_type: 'Bearer',
      expires_in: 3600,
      scope:
        'hub/institutions.read hub/institutions.members hub/agreements.read hub/documents.read hub/quotas.read hub/training.read hub/events.read hub/audit.read hub/notifications.read',
    });
    const form = { client_id: 'kazior.coordinator', client_secret: secretOf('kazior.coordinator') };
    const answer = await ask({ ...grant, ...form, scope: 'hub/quotas.read' });
    expect(answer).toMatchObject({ status: 200, scope: 'hub/quotas.read' });
    const guarded = { headers: { authorization: `Bearer ${String(answer['access_token'])}` } };
    expect((await fetch(`${hub.url}/guarded`, guarded)).status).toBe(200);
  });

  it('refuses as RFC 6749 says', async () => {
    const basic = `alexandrov.auditor:${secretOf('alexandrov.auditor')}`;
    expect(await ask(grant)).toMatchObject({ status: 401, error: 'invalid_client' });
    expect(await ask(grant, 'alexandrov.auditor:wrong')).toMatchObject({ status: 401, error: 'invalid_client' });
    expect(await ask({}, basic)).toMatchObject({ status: 400, error: 'invalid_request' });
    expect(await ask({ grant_type: 'password' }, basic)).toMatchObject({
      status: 400,
      error: 'unsupported_grant_type',
    });
    expect(await ask({ ...grant, scope: 'hub/admin' }, basic)).toMatchObject({ status: 400, error: 'invalid_scope' });
  });

  it('lets nobody drain streams that are not read', async () => {
    await expect(hub.drainStreams()).rejects.toThrow('without jobs');
  });
});

describe('the Hub', () => {
  it('is served as its template says', async () => {
    const hub = await started().hub;
    const routes = hub.template.ofType('AWS::ApiGatewayV2::Route');
    expect(routes.length).toBeGreaterThan(0);
    expect((await fetch(`${hub.url}/health`)).status).toBe(200);
    await hub.stop();
  });
});
