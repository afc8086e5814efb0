import { gunzipSync } from 'node:zlib';

import { verifyJWT } from 'did-jwt';
import { type DIDDocument, Resolver } from 'did-resolver';
import fc from 'fast-check';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, test } from 'vitest';

import { completed } from '../../lambdas/training/achieved.ts';
import type { CredentialRepresentation } from '../../lambdas/training/credential-contract.ts';
import { LIST_BITS, statusPlace } from '../../lambdas/training/credential-model.ts';
import { certificate, credentialPage } from '../../lambdas/training/credential-pages.ts';
import {
  achievementCredential,
  credentialUrl,
  identityHash,
  issuerAt,
  statusListCredential,
} from '../../lambdas/training/open-badge.ts';
import { didDocument, SigningKey } from '../../lambdas/training/signing-key.ts';
import { cohort, programme } from '../support/training-facts.ts';

/** What is signed of credentials, held to the words of its specifications. */

const issuer = issuerAt('https://hub.example');
const SUBJECT = '5f0c7a4e-0000-4000-8000-000000000001';
const achieved = completed(programme, cohort, { host: { en: 'Clinic' }, name: undefined });
const credentialAt = (now: Date) =>
  achievementCredential(issuer, { id: 'c', subject: SUBJECT, place: statusPlace(1), now }, achieved);

const header = (jwt: string) => decodeProtectedHeader(jwt);

/** @throws Error when the document has no key that has signed it */
const verified = (jwt: string, document: object) =>
  verifyJWT(jwt, {
    proofPurpose: 'assertionMethod',
    resolver: new Resolver({
      web: async () => ({
        didDocument: document as DIDDocument,
        didDocumentMetadata: {},
        didResolutionMetadata: { contentType: 'application/did+json' },
      }),
    }),
  });

describe('a signed credential', () => {
  test('has the claims of its own properties, to the moment', async () => {
    const key = await SigningKey.of('secret');
    await fc.assert(
      fc.asyncProperty(fc.date({ min: new Date(0), max: new Date(), noInvalidDate: true }), async (now) => {
        const credential = credentialAt(now);
        const { iss, jti, sub, nbf = 0 } = decodeJwt(await key.sign(issuer, credential, 'JWT'));
        expect({ iss, jti, sub }).toEqual({
          iss: credential.issuer.id,
          jti: credential.id,
          sub: credential.credentialSubject.id,
        });
        // Open Badges 3.0: whoever verifies refuses what is valid from another moment.
        expect(nbf * 1000).toBe(Date.parse(credential.validFrom));
      }),
    );
  });

  test('says in its header what Open Badges allow, and nothing more', async () => {
    const key = await SigningKey.of('secret');
    const jwt = await key.sign(issuer, credentialAt(new Date()), 'JWT');
    expect(header(jwt)).toEqual({ alg: 'EdDSA', typ: 'JWT', kid: `${issuer.did}#${key.public.kid}` });
  });

  test('of before the secret was replaced is verified as long as its key is listed', async () => {
    const [before, after] = [await SigningKey.of('before'), await SigningKey.of('after')];
    const jwt = await before.sign(issuer, credentialAt(new Date('2026-01-01')), 'JWT');
    const both = didDocument(issuer, [after.public, before.public]);
    expect((await verified(jwt, both)).verified).toBe(true);
    await expect(verified(jwt, didDocument(issuer, [after.public]))).rejects.toThrow();
  });

  test('is signed with the same key wherever the secret is known, which is never listed', async () => {
    const [here, there] = [await SigningKey.of('secret'), await SigningKey.of('secret')];
    expect(here.public).toEqual(there.public);
    expect(here.public).not.toEqual((await SigningKey.of('other')).public);
    const [method] = didDocument(issuer, [here.public]).verificationMethod;
    expect(Object.keys(method?.publicKeyJwk ?? {}).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'x']);
  });
});

test('the issuer has the port in its name, escaped', () => {
  expect(issuerAt('http://127.0.0.1:3000').did).toBe('did:web:127.0.0.1%3A3000');
  expect(issuer.did).toBe('did:web:hub.example');
});

test('a name is hashed as the example of Open Badges is', () => {
  expect(identityHash({ displayName: 'a@example.com', salt: 'Kosher' })).toBe(
    'sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399',
  );
});

describe('a status list', () => {
  const MAX = LIST_BITS - 1;

  test('has the bits of who is revoked, from the left, and no other', () => {
    const indexes = fc.uniqueArray(fc.nat(MAX), { maxLength: 50 }).map((some) => [...new Set([0, MAX, ...some])]);
    fc.assert(
      fc.property(indexes, (revoked) => {
        const { encodedList } = statusListCredential(issuer, 1, revoked, new Date()).credentialSubject;
        const bytes = gunzipSync(Buffer.from(encodedList.slice(1), 'base64url'));
        expect(bytes).toHaveLength(LIST_BITS / 8);
        const places = Array.from({ length: LIST_BITS }, (_, at) => at);
        const set = places.filter((at) => ((bytes[at >> 3] ?? 0) & (0x80 >> (at & 7))) !== 0);
        expect(set).toEqual(revoked.toSorted((a, b) => a - b));
      }),
      { numRuns: 20 },
    );
  });

  test('gives every credential a place of its own', () => {
    expect([1, LIST_BITS, LIST_BITS + 1].map(statusPlace)).toEqual([
      { list: 1, index: 0 },
      { list: 1, index: MAX },
      { list: 2, index: 0 },
    ]);
  });

  test('is typed as the W3C has it', async () => {
    const key = await SigningKey.of('secret');
    const list = statusListCredential(issuer, 1, [], new Date());
    const jwt = await key.sign(issuer, list, 'vc+jwt');
    expect(header(jwt).typ).toBe('vc+jwt');
    expect((decodeJwt(jwt).nbf ?? 0) * 1000).toBe(Date.parse(list.validFrom));
  });
});

describe('for people', () => {
  const EVIL = '</text><script>alert(1)</script>\u0000"\'&';

  test('nothing that somebody wrote is markup of a certificate', () => {
    const name = { applicationId: 'a', displayName: EVIL, consentAt: '', salt: 's' };
    const evil = completed({ ...programme, title: { en: EVIL } }, cohort, { host: { en: EVIL }, name });
    const svg = certificate(evil, credentialUrl(issuer, 'c'), 'en');
    expect(svg).not.toMatch(/<script|\u0000/);
    expect(svg.match(/&lt;script&gt;/g)).toHaveLength(3);
  });

  test('nor of the page', () => {
    const shown: CredentialRepresentation = {
      ...{ id: 'c', status: 'valid', issuedAt: '2026-01-01T00:00:00.000Z', jwt: '' },
      credential: { id: '', type: [] },
    };
    const page = credentialPage(shown, { name: EVIL, host: EVIL, from: EVIL, to: EVIL });
    expect(page).not.toMatch(/<script|\u0000/);
  });
});
