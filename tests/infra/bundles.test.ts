import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { quotaRoutes } from '../../lambdas/quotas/contract.ts';
import { BUNDLES } from '../../lib/bundles.ts';
import { ALL_PROBLEMS } from '../../lib/openapi.ts';

/** All code of a bundle. */
function codeOf(folder: string): string {
  const modules = readdirSync(folder).filter((name) => name.endsWith('.mjs'));
  return modules.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
}

/** How a text begins, without characters that a bundler writes in another way. */
const beginning = (text: string): string => /^[\w ,.-]*/.exec(text)?.[0] ?? '';

const contexts = codeOf(BUNDLES.contexts);

test('functions carry what they answer, not what explains it to people', () => {
  const carried = ALL_PROBLEMS.filter(({ code }) => contexts.includes(`"${code}"`));
  expect(carried.length).toBeGreaterThan(50);
  const lost = carried.filter(({ title }) => !contexts.includes(beginning(title)));
  expect(lost).toEqual([]);
  const explained = carried.filter(
    ({ advice }) => beginning(advice).length > 20 && contexts.includes(beginning(advice)),
  );
  expect(explained).toEqual([]);
  for (const { summary } of Object.values(quotaRoutes)) expect(contexts).not.toContain(`:"${summary}"`);
});

test('no function carries what only a browser would load', () => {
  for (const folder of Object.values(BUNDLES)) expect(codeOf(folder)).not.toContain('Googlebot');
});

test('functions carry the schemas of what they call, not of all that a service can do', () => {
  expect(contexts).toContain('/v2/apis/{ApiId}/authorizers/{AuthorizerId}');
  for (const uncalled of ['/v2/vpclinks', 'GetObjectTorrent', '/v2/domainnames']) {
    expect(contexts.toLowerCase()).not.toContain(uncalled.toLowerCase());
  }
});

test('functions carry the classes of those errors that they know by them, and of few others', () => {
  const sources = globSync(join(import.meta.dirname, '../../lambdas/**/*.ts')).map((file) =>
    readFileSync(file, 'utf8'),
  );
  const known = new Set(
    sources.flatMap((source) => [...source.matchAll(/instanceof (\w+Exception)\b/g)].map(([, name = '']) => name)),
  );
  expect(known.size).toBeGreaterThan(3);
  for (const name of known) expect(contexts).toMatch(new RegExp(`name="${name}"`));
  for (const unknown of ['TableNotFoundException', 'UsernameExistsException', 'InvalidObjectState']) {
    expect(contexts).not.toContain(unknown);
  }
});
