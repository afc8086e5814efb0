import { randomUUID } from 'node:crypto';
import { brotliDecompressSync } from 'node:zlib';

import { beforeAll, describe, expect, inject, test } from 'vitest';

import { ALL_PROBLEMS } from '../../lib/openapi.ts';
import { anonymous, type CallOptions } from '../support/client.ts';
import { committedDocument } from '../support/described.ts';
import { aBooking, aBookingBody, aGrant, anInstitution, aPool, type Scene } from '../support/factories.ts';
import { send } from '../support/http.ts';
import { DEPLOYED, hub, hubFacts } from '../support/hub.ts';

let scene: Scene;
beforeAll(async () => {
  scene = await aGrant({ nominal: 20, poolBody: { capacity: 20 } });
});
const me = (options?: CallOptions) => scene.provider.coordinator.call('getMe', options);
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('the correlation id', () => {
  test('of the client is echoed', async () => {
    const id = randomUUID();
    const answer = await me({ headers: { 'x-correlation-id': id } });
    expect(answer.headers['x-correlation-id']).toBe(id);
  });

  test('is one of the Hub’s own when the client sends none', async () => {
    const [first, second] = [await me(), await me()].map(({ headers }) => headers['x-correlation-id']);
    expect(first).toMatch(UUID);
    expect(second).not.toBe(first);
  });

  test.skipIf(DEPLOYED).each(['Ivan Petrov', '1234', `${randomUUID()}x`, '{}', 'x'.repeat(500)])(
    '%s is replaced and not logged',
    async (id) => {
      const answer = await me({ headers: { 'x-correlation-id': id } });

      expect(answer.headers['x-correlation-id']).toMatch(UUID);
      expect((await hub.logs()).filter((line) => line.includes(`"${id}"`))).toEqual([]);
    },
  );

  test.skipIf(DEPLOYED)('is in the problem and in the log of a refusal', async () => {
    const id = randomUUID();
    const params = { poolId: randomUUID() };

    const answer = await scene.provider.coordinator.call('getPool', { params, headers: { 'x-correlation-id': id } });

    expect(answer.problem.correlationId).toBe(id);
    const lines = async () => (await hub.logs()).filter((line) => line.includes(id));
    await expect.poll(async () => (await lines()).length).toBe(1);
    expect(JSON.parse((await lines())[0] ?? '')).toMatchObject({
      operation: 'getPool',
      status: 404,
      problem: 'not-found',
    });
  });
});

describe('traceparent', () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

  test('continues the client’s trace with a span of its own', async () => {
    const answer = await me({ headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } });
    expect(answer.headers['traceparent']).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
    expect(answer.headers['traceparent']).not.toContain('00f067aa0ba902b7');
  });

  test.each([
    undefined,
    'nonsense',
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `01-${traceId}-00f067aa0ba902b7-01`,
    `00-${traceId.toUpperCase()}-00f067aa0ba902b7-01`,
  ])('%s begins a new trace', async (traceparent) => {
    const answer = await me(traceparent === undefined ? {} : { headers: { traceparent } });
    expect(answer.headers['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(String(answer.headers['traceparent']).toLowerCase()).not.toContain(traceId);
  });
});

describe('a new resource', () => {
  test('is where Location says, with the same ETag', async () => {
    const { coordinator } = scene.beneficiary;
    const params = { grantId: scene.grant.id };
    const made = await coordinator.call('holdBooking', { params, body: aBookingBody() });

    const read = await coordinator.call('getBooking', { params: { bookingId: made.ok.id } });

    expect(made.headers.location).toBe(`/v1/bookings/${made.ok.id}`);
    expect(read.headers.etag).toBe(made.headers.etag);
    expect(read.ok).toEqual(made.ok);
  });

  test.each(['pool', 'grant'] as const)('such as a %s has an ETag', async (kind) => {
    const { coordinator } = scene.provider;
    const answer =
      kind === 'pool'
        ? await coordinator.call('getPool', { params: { poolId: scene.pool.id } })
        : await coordinator.call('getGrant', { params: { grantId: scene.grant.id } });
    expect(answer.headers.etag).toMatch(/^"\d+"$/);
  });
});

describe('a problem', () => {
  test('has every member of RFC 9457 and the Hub’s own', async () => {
    const params = { poolId: randomUUID() };
    const answer = await scene.provider.coordinator.call('getPool', { params });
    expect(answer.problem).toEqual({
      type: '/problems/not-found',
      title: 'No such resource',
      status: 404,
      detail: expect.any(String) as string,
      instance: `/v1/pools/${params.poolId}`,
      correlationId: answer.headers['x-correlation-id'],
    });
  });

  test.each(ALL_PROBLEMS.map(({ code, title }) => ({ code, title })))('$code has a page', async ({ code, title }) => {
    const answer = await anonymous.call('getProblem', { params: { code } });
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.ok).toContain(title.replaceAll('’', '’'));
  });

  test.each(['no-such-code', 'constructor', '__proto__', '<script>'])('%s has no page', async (code) => {
    expect((await anonymous.call('getProblem', { params: { code } })).code).toBe('not-found');
  });

  test.each([
    ['GET', '/'],
    ['GET', '/v1'],
    ['GET', '/v1/nothing'],
    ['DELETE', '/v1/pools'],
    ['PUT', '/v1/me'],
    ['POST', '/health'],
    ['GET', '/V1/POOLS'],
    ['GET', '/v1/pools%2f'],
    // The emulator tidies these up first.
    ...(DEPLOYED
      ? []
      : [
          ['GET', '//v1/pools'],
          ['GET', '/v1/pools/%'],
        ]),
  ])('answers %s %s, which is no route', async (method, target) => {
    const { url } = await hubFacts();
    const answer = await send(url, { method, target });
    const type = DEPLOYED ? 'application/json' : 'application/problem+json';
    expect([answer.status, answer.headers['content-type']]).toEqual([404, type]);
  });
});

describe('every answer', () => {
  test('is not to be kept, and not to be guessed about', async () => {
    const answers = [
      await me(),
      await anonymous.call('getHealth'),
      await scene.provider.coordinator.call('getPool', { params: { poolId: randomUUID() } }),
      await scene.provider.coordinator.call('createPool', { rawBody: '{' }),
    ];
    for (const { headers } of answers) {
      expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    }
  });

  test('of a page says what the page may do', async () => {
    const pages = [await anonymous.call('getDocs'), await anonymous.call('getProblem', { params: { code: 'busy' } })];
    for (const { headers } of pages) {
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).not.toContain("script-src 'unsafe-inline'");
    }
  });
});

describe('what the public sees', () => {
  test('the Hub is up', async () => {
    expect((await anonymous.call('getHealth')).ok).toEqual({ status: 'ok', version: '1' });
  });

  test('the description is the committed one, and says where tokens are to be had', async () => {
    const host =
      inject('target') === 'local' ? (await hubFacts()).url : 'https://[a-z0-9-]+.auth.[a-z0-9-]+.amazoncognito.com';
    const served = JSON.stringify((await anonymous.call('getOpenApi')).body);
    expect(served).toMatch(new RegExp(`"tokenUrl":"${host}/oauth2/token"`));
    expect(JSON.parse(served.replaceAll(new RegExp(`"${host}/oauth2/`, 'g'), '"/oauth2/'))).toEqual(committedDocument);
  });

  test('the reference asks for nothing but its own files, and has them', async () => {
    const page = (await anonymous.call('getDocs')).ok;
    const files = [...page.matchAll(/(?:src|href)="\/docs\/([^"]+)"/g)].map(([, file = '']) => file);

    expect(files.toSorted()).toEqual(['init.js', 'swagger-ui-bundle.js', 'swagger-ui.css']);
    for (const asset of files) expect((await anonymous.call('getDocsAsset', { params: { asset } })).status).toBe(200);
  });

  test.each([
    {
      asset: 'swagger-ui-bundle.js',
      type: 'text/javascript; charset=utf-8',
      bytes: 1_000_000,
      holds: 'SwaggerUIBundle',
    },
    { asset: 'swagger-ui.css', type: 'text/css; charset=utf-8', bytes: 100_000, holds: '.swagger-ui' },
  ])('$asset comes compressed and whole', async ({ asset, type, bytes, holds }) => {
    const options = { params: { asset }, headers: { 'accept-encoding': 'gzip, deflate, br' } };
    const answer = await anonymous.call('getDocsAsset', options);

    const content = brotliDecompressSync(answer.bytes);
    expect(answer.headers).toMatchObject({ 'content-type': type, 'content-encoding': 'br', vary: 'accept-encoding' });
    expect(answer.headers['content-length']).toBe(String(answer.bytes.length));
    expect(content.length).toBeGreaterThan(bytes);
    expect(content.toString()).toContain(holds);

    // Who does not say that it takes it, or takes other ways only, gets the file itself.
    for (const headers of [{}, { 'accept-encoding': 'gzip' }, { 'accept-encoding': 'br;q=0, *' }]) {
      const plain = await anonymous.call('getDocsAsset', { params: { asset }, headers });
      expect([plain.headers['content-encoding'], plain.headers['vary']]).toEqual([undefined, 'accept-encoding']);
      expect(plain.bytes.equals(content)).toBe(true);
    }
  });

  test.each(['no.js', 'constructor', '../handler.mjs', 'openapi.json', 'swagger-ui-bundle.js.br'])(
    '%s is no file of the reference',
    async (asset) => {
      expect((await anonymous.call('getDocsAsset', { params: { asset } })).code).toBe('not-found');
    },
  );
});

test('who asks who it is hears what its token says', async () => {
  const answer = await scene.provider.coordinator.call('getMe');
  expect(answer.ok).toMatchObject({ institutionId: scene.provider.id, roles: ['coordinator'] });
  expect(answer.ok.scopes).toContain('hub/quotas.write');
});

test('requests at the same time get their own answers', async () => {
  const provider = await anInstitution();
  const pools = await Promise.all(Array.from({ length: 10 }, (_, capacity) => aPool(provider, { capacity })));
  const booking = await aBooking(scene);

  const read = await Promise.all(
    pools.map(({ id }) => provider.coordinator.call('getPool', { params: { poolId: id } })),
  );

  expect(read.map(({ ok }) => ok)).toEqual(pools);
  expect((await scene.provider.coordinator.call('getBooking', { params: { bookingId: booking.id } })).ok).toEqual(
    booking,
  );
});
