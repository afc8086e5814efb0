import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Hub, startHub } from '../../lib/local/hub.ts';
import { encode, Forge } from '../support/forge.ts';
import { type Received, send } from '../support/http.ts';
import { hubFacts } from '../support/hub.ts';

/** A hub of its own, which keeps its issuer's key where this test can read it. */
let hub: Hub;
let forge: Forge;
const dataDir = mkdtempSync(join(tmpdir(), 'hub-issuer-'));

beforeAll(async () => {
  const { assembly } = await hubFacts();
  hub = await startHub({ assembly, dataDir, jobs: false });
  forge = await Forge.open(dataDir, await hub.token({ institution: 'alexandrov', role: 'coordinator' }));
});
afterAll(async () => {
  await hub.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const now = (): number => Math.floor(Date.now() / 1000);
const flipped = (text: string): string => (text.startsWith('A') ? 'B' : 'A') + text.slice(1);
const get = (headers: Record<string, string | string[]>, target = '/v1/pools'): Promise<Received> =>
  send(hub.url, { method: 'GET', target, headers });

test('the token that all others are forged from is good', async () => {
  const answer = await get({ authorization: `Bearer ${await forge.signed()}` });
  expect(answer.status).toBe(200);
});

type Forgery = (forge: Forge) => string | Promise<string>;

const UNTRUSTED: Readonly<Record<string, Forgery>> = {
  'alg none': (f) => f.unsigned({ alg: 'none' }),
  'alg None': (f) => f.unsigned({ alg: 'None' }),
  'alg NONE': (f) => f.unsigned({ alg: 'NONE' }),
  'alg nOnE': (f) => f.unsigned({ alg: 'nOnE' }),
  'alg none with the good signature': (f) => f.unsigned({ alg: 'none' }, f.parts[2]),
  'an empty alg': (f) => f.unsigned({ alg: '' }, f.parts[2]),
  'alg null': (f) => f.unsigned({ alg: null }, f.parts[2]),
  'alg as a list': (f) => f.unsigned({ alg: ['RS256', 'none'] }, f.parts[2]),
  'no alg': (f) => f.unsigned({ alg: undefined }, f.parts[2]),
  'RS256 without a signature': (f) => f.unsigned({ alg: 'RS256' }),
  'alg rs256': (f) => f.unsigned({ alg: 'rs256' }, f.parts[2]),
  'alg PS256 over an RS256 signature': (f) => f.unsigned({ alg: 'PS256' }, f.parts[2]),
  'alg ES256 with an empty curve point': (f) => f.unsigned({ alg: 'ES256' }, Buffer.alloc(64).toString('base64url')),
  'HS256 with the public key’s PEM': (f) => f.hmac(f.publicPem),
  'HS256 with the public key’s PEM, trimmed': (f) => f.hmac(f.publicPem.trim()),
  'HS256 with the public JWK': (f) => f.hmac(JSON.stringify(f.publicJwk)),
  'HS256 with the modulus': (f) => f.hmac(String(f.publicJwk.n)),
  'HS256 with an empty secret': (f) => f.hmac('x').replace(/[^.]*$/, ''),
  'HS256 with the key’s id': (f) => f.hmac(f.publicJwk.kid),
  'another key under the same kid': (f) => f.foreign(),
  'an unknown kid': (f) => f.foreign({ kid: 'other' }),
  'an empty kid': (f) => f.foreign({ kid: '' }),
  'no kid': (f) => f.foreign({ kid: undefined }),
  'a kid that is a path': (f) => f.foreign({ kid: '../../../../dev/null' }),
  'a kid that is a query': (f) => f.foreign({ kid: "x' UNION SELECT 'key" }),
  'a kid that is a list': (f) => f.foreign({ kid: [f.publicJwk.kid] }),
  'a kid that is an object': (f) => f.foreign({ kid: { kid: f.publicJwk.kid } }),
  'its own jwk': (f) => f.foreign({ jwk: f.strangerJwk }),
  'its own jwk and no kid': (f) => f.foreign({ kid: undefined, jwk: f.strangerJwk }),
  'its own jku': (f) => f.foreign({ jku: 'http://127.0.0.1:1/jwks.json' }),
  'its own x5u': (f) => f.foreign({ x5u: 'http://127.0.0.1:1/x5u.pem' }),
  'its own x5c': (f) => f.foreign({ x5c: ['MIIB'] }),
  'a critical extension nobody knows': (f) => f.unsigned({ crit: ['x'], x: true }, f.parts[2]),
  'an unencoded payload': (f) => f.unsigned({ b64: false, crit: ['b64'] }, f.parts[2]),
  'the good key but no kid': (f) => f.signed({}, { kid: undefined }),
  'a changed payload': (f) => `${f.parts[0]}.${encode(f.claims({ roles: ['hub-admin'] }))}.${f.parts[2]}`,
  'a changed institution': (f) =>
    `${f.parts[0]}.${encode(f.claims({ institution_id: crypto.randomUUID() }))}.${f.parts[2]}`,
  'a changed header': (f) =>
    `${encode({ alg: 'RS256', kid: f.publicJwk.kid, typ: 'at+jwt' })}.${f.parts[1]}.${f.parts[2]}`,
  'a changed signature': (f) => `${f.parts[0]}.${f.parts[1]}.${flipped(f.parts[2])}`,
  'half a signature': (f) => f.parts.join('.').slice(0, -170),
  'no signature part': (f) => `${f.parts[0]}.${f.parts[1]}`,
  'a header only': (f) => f.parts[0],
  'a fourth part': (f) => `${f.parts.join('.')}.${f.parts[2]}`,
  'an empty first part': (f) => `.${f.parts.join('.')}`,
  'five parts like a JWE': (f) =>
    `${encode({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.${f.parts[2]}.AAAA.${f.parts[1]}.AAAA`,
  'JSON serialization': (f) => JSON.stringify({ protected: f.parts[0], payload: f.parts[1], signature: f.parts[2] }),
  'base64 instead of base64url': (f) =>
    f.parts.map((part) => Buffer.from(part, 'base64url').toString('base64')).join('.'),
  'a payload that is no JSON': (f) => `${f.parts[0]}.${Buffer.from('hello').toString('base64url')}.${f.parts[2]}`,
  'a payload that is a list': (f) => `${f.parts[0]}.${encode([f.claims()])}.${f.parts[2]}`,
  'a space in the middle': (f) => f.parts.join('. '),
  'sixteen thousand characters': () => 'A'.repeat(12_000),
  'dots only': () => '..',
  'null characters by name': () => '%00.%00.%00',
};

const WRONG_CLAIMS: Readonly<Record<string, (forge: Forge) => Record<string, unknown>>> = {
  'the issuer with a slash behind': (f) => ({ iss: `${String(f.claims()['iss'])}/` }),
  'a look-alike issuer': (f) => ({ iss: `${String(f.claims()['iss'])}.example.org` }),
  'the issuer in capitals': (f) => ({ iss: String(f.claims()['iss']).toUpperCase() }),
  'the issuer in a list': (f) => ({ iss: [f.claims()['iss']] }),
  'no issuer': () => ({ iss: undefined }),
  'another audience': () => ({ aud: 'other' }),
  'an empty list of audiences': () => ({ aud: [] }),
  'the audience as an object': (f) => ({ aud: { aud: f.claims()['aud'] } }),
  'no audience and another client': () => ({ aud: undefined }),
  'a time that is over': () => ({ exp: now() - 1 }),
  'no end': () => ({ exp: undefined }),
  'the end as text': () => ({ exp: String(now() + 3600) }),
  'the end as null': () => ({ exp: null }),
  'a start in the future': () => ({ nbf: now() + 600 }),
  'a start as text': () => ({ nbf: 'now' }),
  'an issue in the future': () => ({ iat: now() + 600 }),
  'no subject': () => ({ sub: undefined }),
  'an empty subject': () => ({ sub: '' }),
  'no scope': () => ({ scope: undefined }),
  'an empty scope': () => ({ scope: '' }),
  'a longer scope': () => ({ scope: 'hub/quotas.readx' }),
  'a shorter scope': () => ({ scope: 'hub/quotas.rea' }),
  'a scope with something before it': () => ({ scope: 'xhub/quotas.read' }),
  'a scope in capitals': () => ({ scope: 'HUB/QUOTAS.READ' }),
  'scopes divided by commas': () => ({ scope: 'hub/quotas.read,hub/quotas.write' }),
  'a scope with a wildcard': () => ({ scope: 'hub/*' }),
  'a scope in a list in a list': () => ({ scope: [['hub/quotas.read']] }),
  'a scope in an object': () => ({ scope: { 'hub/quotas.read': true } }),
  'unknown roles': () => ({ roles: ['superuser'] }),
  'roles in capitals': () => ({ roles: ['COORDINATOR'] }),
  'roles in an object': () => ({ roles: { coordinator: true } }),
  'no roles': () => ({ roles: undefined }),
  'an empty list of roles': () => ({ roles: [] }),
  'no institution': () => ({ institution_id: undefined }),
  'an institution by its alias': () => ({ institution_id: 'alexandrov' }),
  'institutions in a list': (f) => ({ institution_id: [f.claims()['institution_id']] }),
  'an institution with something behind it': (f) => ({ institution_id: `${String(f.claims()['institution_id'])}#` }),
  'an institution that is null': () => ({ institution_id: null }),
};

describe('a token is refused', () => {
  test.each(Object.keys(UNTRUSTED))('with %s', async (what) => {
    const token = await UNTRUSTED[what]?.(forge);
    const answer = await get({ authorization: `Bearer ${String(token)}` });
    expect(answer.status).toBe(401);
  });

  test.each(Object.keys(WRONG_CLAIMS))('that says %s, though the issuer signed it', async (what) => {
    const token = await forge.signed(WRONG_CLAIMS[what]?.(forge));
    const answer = await get({ authorization: `Bearer ${token}` });
    expect([401, 403]).toContain(answer.status);
  });

  test.each([
    ['the query', (token: string) => get({}, `/v1/pools?access_token=${token}`)],
    ['a cookie', (token: string) => get({ cookie: `access_token=${token}; Authorization=Bearer%20${token}` })],
    ['another header', (token: string) => get({ 'x-authorization': `Bearer ${token}`, 'x-access-token': token })],
    [
      'Basic credentials',
      (token: string) => get({ authorization: `Basic ${Buffer.from(`${token}:`).toString('base64')}` }),
    ],
    ['a scheme nobody knows', (token: string) => get({ authorization: `Token ${token}` })],
    ['quotes', (token: string) => get({ authorization: `Bearer "${token}"` })],
    ['a list with another', (token: string) => get({ authorization: `Bearer ${token}, Bearer ${token}` })],
    [
      'a second header',
      async (token: string) => get({ authorization: [`Bearer ${await forge.foreign()}`, `Bearer ${token}`] }),
    ],
  ])('when it comes in %s', async (_, request) => {
    const answer = await request(await forge.signed());
    expect(answer.status).toBe(401);
  });

  test.each(['', 'Bearer', 'Bearer ', 'Bearer null', 'Bearer undefined', 'Bearer {}'])(
    'that is %j',
    async (authorization) => {
      expect((await get({ authorization })).status).toBe(401);
    },
  );
});

test('a refusal does not repeat the token', async () => {
  const token = await forge.foreign();
  const answer = await get({ authorization: `Bearer ${token}` });
  expect(answer.bytes.toString() + JSON.stringify(answer.headers)).not.toContain(token.slice(0, 40));
});
