import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';

import { verifyJWT } from 'did-jwt';
import { type DIDDocument, Resolver } from 'did-resolver';
import jsqr from 'jsqr';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { apiWithToken } from '../support/client.ts';
import { anInstitution, type Institution } from '../support/factories.ts';
import { hubFacts } from '../support/hub.ts';
import { aCohort, aCompleted, aConfirmed, change, NAME, type Training } from '../support/training.ts';

/** Credentials: issued once, verified by anybody, revoked for good, and nobody's name in them. */

const anybody = apiWithToken(undefined);

/** Resolves `did:web` as anybody's resolver does, but that this Hub is on this machine and has no certificate. */
const resolver = new Resolver({
  web: async (did) => {
    const host = decodeURIComponent(did.replace('did:web:', ''));
    const { url } = await hubFacts();
    expect(new URL(url).host).toBe(host);
    const didDocument = (await (await fetch(`${url}/.well-known/did.json`)).json()) as DIDDocument;
    return { didDocument, didDocumentMetadata: {}, didResolutionMetadata: { contentType: 'application/did+json' } };
  },
});

/** What of a credential, or of a status list, is looked at here. */
interface Claims {
  readonly type: readonly string[];
  readonly issuer: { readonly id: string };
  readonly credentialSubject: {
    readonly id: string;
    readonly identifier?: readonly object[];
    readonly encodedList: string;
  };
  readonly credentialStatus: { readonly statusListCredential: string; readonly statusListIndex: string };
}

/** @throws Error when it is not what its issuer has signed */
async function verified(jwt: string): Promise<Claims> {
  const { payload } = await verifyJWT(jwt, { resolver, proofPurpose: 'assertionMethod' });
  return payload as unknown as Claims;
}

beforeAll(() => hubFacts().then(() => undefined));

let scene: Training;
beforeEach(async () => {
  scene = await aCohort({}, { seats: { total: 3 } }, { credits: { scheme: 'CME', amount: 6 } });
});

const issue = (who: Institution, { id }: { readonly id: string }, options = {}) =>
  who.coordinator.call('issueCredential', { params: { applicationId: id }, ...options });
const revoke = (who: Institution, credentialId: string, options = {}) =>
  who.coordinator.call('revokeCredential', {
    params: { credentialId },
    body: { reason: 'issued-in-error' },
    ...options,
  });
const read = (credentialId: string, accept?: string) =>
  anybody.call('getCredential', { params: { credentialId }, ...(accept && { headers: { accept } }) });
const certificateFor = (who: Institution, credentialId: string, query = {}) =>
  who.coordinator.call('getCertificate', { params: { credentialId }, query });

/** What the status list says of a credential, read as its specification says. */
async function isRevoked({ credentialStatus }: Claims): Promise<boolean> {
  const answer = await fetch(credentialStatus.statusListCredential);
  expect(answer.headers.get('content-type')).toBe('application/vc+jwt');
  const { type, credentialSubject } = await verified(await answer.text());
  expect(type).toContain('BitstringStatusListCredential');
  expect(credentialSubject).toMatchObject({ type: 'BitstringStatusList', statusPurpose: 'revocation' });
  expect(credentialSubject.encodedList).toMatch(/^u[A-Za-z0-9_-]+$/);
  const bits = gunzipSync(Buffer.from(credentialSubject.encodedList.slice(1), 'base64url'));
  expect(bits.length).toBeGreaterThanOrEqual(16 * 1024);
  const index = Number(credentialStatus.statusListIndex);
  return ((bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0;
}

/** The text of a QR code, read from the picture: dark squares of one path. */
function readQr(svg: string): string | undefined {
  const path = /<path d="([^"]+)"/.exec(svg)?.[1] ?? '';
  const dark = [...path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
  const [border, scale] = [4, 4];
  const size = (Math.max(...dark.map(([x]) => x)) + 1 + 2 * border) * scale;
  const pixels = new Uint8ClampedArray(size * size * 4).fill(255);
  for (const [x, y] of dark) {
    for (let at = 0; at < scale * scale; at++) {
      const [column, row] = [(x + border) * scale + (at % scale), (y + border) * scale + Math.floor(at / scale)];
      pixels.fill(0, (row * size + column) * 4, (row * size + column) * 4 + 3);
    }
  }
  return jsqr.default(pixels, size, size)?.data;
}

describe('a credential', () => {
  test('is issued to who has completed, and verified by anybody: here, and without asking the Hub about it', async () => {
    const completed = await aCompleted(scene);
    const { ok, headers } = await issue(scene.host, completed);
    expect(headers.location).toBe(`/v1/credentials/${ok.id}`);
    expect((await read(ok.id)).ok).toEqual(ok);
    expect((await read(ok.id, 'application/vc+jwt')).body).toBe(ok.jwt);

    const { url } = await hubFacts();
    const claims = await verified(ok.jwt);
    expect(claims).toMatchObject({
      ...ok.credential,
      iss: claims.issuer.id,
      jti: `${url}/v1/credentials/${ok.id}`,
      sub: claims.credentialSubject.id,
      type: ['VerifiableCredential', 'AchievementCredential'],
      name: 'Surgery of the head and neck',
    });
    expect(claims.credentialSubject).toMatchObject({
      creditsEarned: 6,
      achievement: {
        tag: ['head-and-neck-surgery', 'CME'],
        creditsAvailable: 6,
        creator: { name: expect.any(String) as string },
      },
    });
    expect(await isRevoked(claims)).toBe(false);
  });

  test('that was changed is nobody’s', async () => {
    const { ok } = await issue(scene.host, await aCompleted(scene));
    const [header = '', payload = '', signature = ''] = ok.jwt.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
    const changed = { ...claims, credentialSubject: { ...claims.credentialSubject, creditsEarned: 60 } };
    const forged = Buffer.from(JSON.stringify(changed)).toString('base64url');
    await expect(verified([header, forged, signature].join('.'))).rejects.toThrow(/invalid_signature/);
  });

  test('is issued only to who has completed, only by the host, and once', async () => {
    const confirmed = await aConfirmed(scene);
    expect((await issue(scene.host, confirmed)).problem).toMatchObject({
      type: '/problems/application-not-completed',
      applicationStatus: 'confirmed',
    });
    const completed = await aCompleted(scene);
    expect((await issue(scene.applicant, completed)).code).toBe('role-not-permitted');
    expect((await issue(await anInstitution(), completed)).code).toBe('not-found');
    const answers = await Promise.all(Array.from({ length: 6 }, () => issue(scene.host, completed)));
    const [made, ...others] = answers.toSorted((a, b) => a.status - b.status);
    expect(made?.status).toBe(201);
    for (const other of others) expect(['credential-issued', 'busy']).toContain(other.code);
    expect((await issue(scene.host, completed)).problem).toMatchObject({ credentialId: made?.ok.id });
  });

  test('is the same when it is asked for again with the same key', async () => {
    const completed = await aCompleted(scene);
    const key = crypto.randomUUID();
    const answers = [await issue(scene.host, completed, { key }), await issue(scene.host, completed, { key })];
    expect(answers.map(({ headers }) => headers['idempotency-replayed'])).toEqual([undefined, 'true']);
    expect(answers[1]?.ok).toEqual(answers[0]?.ok);
  });

  test('says who it is about by a salted hash, which only the name and its salt prove', async () => {
    const completed = await aCompleted(scene);
    const { ok } = await issue(scene.host, completed);
    const everything = JSON.stringify(ok) + Buffer.from(ok.jwt.split('.')[1] ?? '', 'base64url').toString();
    for (const personal of [...NAME.displayName.split(' '), completed.nominee.pseudonym, completed.id]) {
      expect(everything).not.toContain(personal);
    }
    const params = { applicationId: completed.id };
    const { displayName, salt } = (await scene.applicant.coordinator.call('getTraineeName', { params })).ok;
    const hash = createHash('sha256')
      .update(displayName + salt)
      .digest('hex');
    const [identity] = (await verified(ok.jwt)).credentialSubject.identifier ?? [];
    expect(identity).toEqual({
      type: 'IdentityObject',
      hashed: true,
      identityType: 'name',
      identityHash: `sha256$${hash}`,
    });
    expect(everything).not.toContain(salt);
  });

  test('stays what it is, and verifiable, when the name is erased', async () => {
    const completed = await aCompleted(scene);
    const { ok } = await issue(scene.host, completed);
    expect((await change(scene.applicant, 'eraseTraineeName', completed)).ok.named).toBe(false);
    expect((await read(ok.id)).ok).toEqual(ok);
    expect(await isRevoked(await verified(ok.jwt))).toBe(false);
    const svg = String((await certificateFor(scene.applicant, ok.id)).body);
    expect(svg).not.toContain('Ellerbroek');
    expect(svg).toContain('the holder of this credential');
  });

  test('has no identity where there is no name', async () => {
    const { ok } = await issue(scene.host, await aCompleted(scene, null));
    expect((await verified(ok.jwt)).credentialSubject.identifier).toBeUndefined();
  });
});

describe('a credential that is revoked', () => {
  test('is so for everybody, and another one can be issued', async () => {
    const completed = await aCompleted(scene);
    const { ok } = await issue(scene.host, completed);
    expect((await revoke(scene.applicant, ok.id)).code).toBe('role-not-permitted');
    expect((await revoke(await anInstitution(), ok.id)).code).toBe('not-found');
    expect((await revoke(scene.host, ok.id, { ifMatch: '"7"' })).code).toBe('stale-version');
    const key = crypto.randomUUID();
    const revoked = (await revoke(scene.host, ok.id, { key })).ok;
    expect(revoked).toMatchObject({ status: 'revoked', jwt: ok.jwt });
    expect((await revoke(scene.host, ok.id, { key })).headers['idempotency-replayed']).toBe('true');
    expect((await revoke(scene.host, ok.id)).code).toBe('credential-revoked');
    expect((await read(ok.id)).ok).toEqual(revoked);
    expect(JSON.stringify(revoked)).not.toContain('issued-in-error');
    await expect.poll(async () => isRevoked(await verified(ok.jwt))).toBe(true);
    expect((await certificateFor(scene.host, ok.id)).code).toBe('credential-revoked');
    expect(String((await read(ok.id, 'text/html')).body)).toContain('was revoked on');

    const again = (await issue(scene.host, completed)).ok;
    expect(again.id).not.toBe(ok.id);
    expect(await isRevoked(await verified(again.jwt))).toBe(false);
  });

  test('leaves the others of its list as they are', async () => {
    const [first, second] = [await aCohort(), await aCohort()];
    const credentials = [
      (await issue(first.host, await aCompleted(first))).ok,
      (await issue(second.host, await aCompleted(second))).ok,
    ];
    await revoke(first.host, credentials[0]?.id ?? '');
    const states = () => Promise.all(credentials.map(async ({ jwt }) => isRevoked(await verified(jwt))));
    await expect.poll(states).toEqual([true, false]);
  });
});

describe('a certificate', () => {
  const names = ['Айгерім Нұрғалиқызы', '张伟', '<script>alert("x")</script> & Co'];
  test.each(names)('names %s, and leads to the credential', async (displayName) => {
    const { ok } = await issue(scene.host, await aCompleted(scene, { ...NAME, displayName }));
    const answer = await certificateFor(scene.host, ok.id, { language: 'kk' });
    expect(answer.headers['content-type']).toBe('image/svg+xml');
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    const svg = String(answer.body);
    expect(svg).not.toContain('<script');
    const escaped = displayName.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    expect(svg.replaceAll('&quot;', '"')).toContain(escaped);
    const { url } = await hubFacts();
    expect(readQr(svg)).toBe(`${url}/v1/credentials/${ok.id}`);
  });

  test('is for the trainee’s institution and the host, whose reading of the name is written down', async () => {
    const completed = await aCompleted(scene);
    const { ok } = await issue(scene.host, completed);
    expect((await certificateFor(await anInstitution(), ok.id)).code).toBe('not-found');
    expect((await certificateFor(scene.applicant, ok.id, { language: 'ru' })).status).toBe(200);
    expect((await certificateFor(scene.host, ok.id)).status).toBe(200);
    const query = { subject: completed.id, limit: 100 };
    const readers = async () => {
      const rows = (await scene.applicant.coordinator.call('listAudit', { query })).ok.items;
      return rows.filter(({ action }) => action === 'read').map(({ institutionId }) => institutionId);
    };
    await expect.poll(readers).toEqual([scene.host.id]);
  });

  test('is linked to by a page that a browser shows', async () => {
    const { ok } = await issue(scene.host, await aCompleted(scene));
    const page = await read(ok.id, 'text/html,application/xhtml+xml;q=0.9');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(String(page.body)).toContain('This credential is valid.');
    expect((await read(ok.id, 'image/png')).code).toBe('not-acceptable');
  });
});

test('what there is not is not found', async () => {
  const none = '019a8f3e-7c00-7a11-8000-00000000dead';
  expect((await read(none)).code).toBe('not-found');
  expect((await revoke(scene.host, none)).code).toBe('not-found');
  for (const list of ['0', '2x', '999999']) {
    expect((await anybody.call('getCredentialStatusList', { params: { list } })).code).toBe('not-found');
  }
  expect((await anybody.call('getCredentialStatusList', { params: { list: '1' } })).status).toBe(200);
});
