import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { accessPage } from '../../lib/access-page.ts';
import { CONTEXT_ROUTES } from '../../lib/openapi.ts';
import { GUARDED_ROUTES } from '../support/routes.ts';

const committed = readFileSync('docs/access.md', 'utf8');

test('who may do what, as it is committed, is what the contracts say: run `npm run openapi`', () => {
  expect(committed).toBe(accessPage(CONTEXT_ROUTES));
});

test('every action that needs a token has its row', () => {
  const rows = committed.split('\n').flatMap((line) => /^\| `([A-Z]+ \/[^`]+)` /.exec(line)?.[1] ?? []);
  expect(rows.toSorted()).toEqual(GUARDED_ROUTES.map(({ method, path }) => `${method} ${path}`).toSorted());
});
