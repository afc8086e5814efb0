import { App } from 'aws-cdk-lib';
import { expect, test } from 'vitest';

import { trustedIssuer } from '../../lib/constructs/trusted-issuer.ts';
import { stage } from '../support/stages.ts';

const userPool = { url: 'https://pool.example', audience: ['client'] };
const trusted = (name: 'dev' | 'prod', context: Record<string, string>) =>
  trustedIssuer(new App({ context }), stage(name), userPool);

test('is the user pool', () => {
  expect(trusted('prod', {})).toEqual(userPool);
});

test('is another one when both flags are given', () => {
  const context = { issuer: 'http://127.0.0.1:9', issuerAudience: 'tests' };
  expect(trusted('dev', context)).toEqual({ url: 'http://127.0.0.1:9', audience: ['tests'] });
});

test('is never another one for prod', () => {
  expect(() => trusted('prod', { issuer: 'http://127.0.0.1:9', issuerAudience: 'tests' })).toThrow('prod trusts');
});

test.each(['issuer', 'issuerAudience'])('is not half given by %s', (flag) => {
  expect(() => trusted('dev', { [flag]: 'x' })).toThrow('Write both');
});
