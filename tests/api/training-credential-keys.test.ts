import { verifyJWT } from 'did-jwt';
import { type DIDDocument, Resolver } from 'did-resolver';
import { expect, test } from 'vitest';

import { PartnersTable } from '../../lambdas/institutions/published-partners.ts';
import { SingleTable } from '../../lambdas/shared/dynamo/single-table.ts';
import { AttendancesTable } from '../../lambdas/training/attendances-table.ts';
import { getDidDocument, getStatusList } from '../../lambdas/training/credential-operations.ts';
import type { CredentialPorts } from '../../lambdas/training/credential-ports.ts';
import { CredentialsTable } from '../../lambdas/training/credentials-table.ts';
import { issuerAt } from '../../lambdas/training/open-badge.ts';
import { portsOn } from '../../lambdas/training/ports.ts';
import { SigningKey } from '../../lambdas/training/signing-key.ts';
import { apiWithToken } from '../support/client.ts';
import { engine, hubFacts } from '../support/hub.ts';
import { aCohort, aCompleted } from '../support/training.ts';

/** The keys that credentials are signed with, when the secret that they are made of is replaced. */

const anybody = apiWithToken(undefined);

/** The function as it is after a deployment with another secret, on the same table. */
async function after(secret: string): Promise<CredentialPorts> {
  const { url, tables } = await hubFacts();
  const table = new SingleTable(await engine(), tables.training);
  return {
    ...portsOn(table),
    credentials: new CredentialsTable(table),
    attendances: new AttendancesTable(table),
    partners: new PartnersTable(table),
    issuer: issuerAt(url),
    key: await SigningKey.of(secret),
  };
}

/** @throws Error when no key of the document has signed it */
function verified(jwt: string, document: object) {
  const didResolutionMetadata = { contentType: 'application/did+json' };
  const web = async () => ({ didDocument: document as DIDDocument, didDocumentMetadata: {}, didResolutionMetadata });
  return verifyJWT(jwt, { resolver: new Resolver({ web }), proofPurpose: 'assertionMethod' });
}

const listed = async (): Promise<{ readonly id: string; readonly verificationMethod: readonly object[] }> =>
  (await anybody.call('getDidDocument')).ok;

test('what was signed before the secret was replaced is verified after it, and the other way round', async () => {
  const scene = await aCohort();
  const params = { applicationId: (await aCompleted(scene)).id };
  const { ok: old } = await scene.host.coordinator.call('issueCredential', { params });

  const replaced = await after(crypto.randomUUID());
  // Nothing has been signed with it yet: only the function that has it lists it.
  const id = `${replaced.issuer.did}#${replaced.key.public.kid}`;
  expect(JSON.stringify(await listed())).not.toContain(id);
  expect(JSON.stringify(await getDidDocument(replaced))).toContain(id);
  expect((await verified(old.jwt, await getDidDocument(replaced))).verified).toBe(true);

  const list = await getStatusList(replaced, 1);
  expect((await verified(list, await getDidDocument(replaced))).verified).toBe(true);
  // A process that has the old secret still, as while a deployment is under way, lists the new key as soon as it is used.
  await expect.poll(async () => JSON.stringify(await listed())).toContain(id);
  expect((await verified(list, await listed())).verified).toBe(true);
});

test('a key that the Hub has never used verifies nothing', async () => {
  const { issuer, key } = await after(crypto.randomUUID());
  const credential = {
    id: `${issuer.url}/v1/credentials/forged`,
    validFrom: '2026-01-01T00:00:00Z',
    credentialSubject: { id: `urn:uuid:${crypto.randomUUID()}` },
  };
  const forged = await key.sign(issuer, credential, 'JWT');
  await expect(verified(forged, await listed())).rejects.toThrow();
});

test('the document has each key once, and nothing of its private half', async () => {
  const scene = await aCohort();
  for (let issued = 0; issued < 2; issued++) {
    const params = { applicationId: (await aCompleted(await aCohort(scene))).id };
    expect((await scene.host.coordinator.call('issueCredential', { params })).status).toBe(201);
  }
  const methods = (await listed()).verificationMethod as { id: string; publicKeyJwk: object }[];
  expect(new Set(methods.map(({ id }) => id)).size).toBe(methods.length);
  for (const { publicKeyJwk } of methods) {
    expect(Object.keys(publicKeyJwk).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'x']);
  }
});
