import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { expect, inject, test } from 'vitest';

import { AUDIENCE, publishIssuer } from './issuer.ts';
import { DeployedStack } from './stack.ts';

/** The issuer that tests of a deployment to AWS use, as far as an emulator serves it: not on the internet. */

const { environment, target } = inject('deployment');

interface Metadata {
  readonly issuer: string;
  readonly jwks_uri: string;
}

const documentOf = (stack: DeployedStack, url: string, rawPath: string) =>
  stack.invoke('Documents', { rawPath, requestContext: { domainName: new URL(url).host } });

test.skipIf(target === 'AWS')(
  'is published with the key that its tokens are signed with, and taken away again',
  async () => {
    const issuer = await publishIssuer(environment);
    const stack = new DeployedStack('OncologyHub-test-issuer', environment);
    const read = async <T>(path: string): Promise<T> => {
      const { body } = (await documentOf(stack, issuer.url, path)) as { body: string };
      return JSON.parse(body) as T;
    };

    const issuerName = `https://${new URL(issuer.url).host}`;
    expect(await read<Metadata>('/.well-known/openid-configuration')).toMatchObject({
      issuer: issuerName,
      jwks_uri: `${issuerName}/.well-known/jwks.json`,
    });

    const token = await issuer.token({ institution: 'minsk', role: 'coordinator' });
    const keySet = createLocalJWKSet(await read<JSONWebKeySet>('/.well-known/jwks.json'));
    const { payload } = await jwtVerify(token, keySet, { audience: AUDIENCE, issuer: issuer.url });
    expect(payload).toMatchObject({ roles: ['coordinator'] });
    expect(await documentOf(stack, issuer.url, '/other')).toEqual({ statusCode: 404 });

    await issuer.stop();
    expect(await stack.status()).toBeUndefined();
  },
);
