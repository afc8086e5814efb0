import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { ALL_PROBLEMS } from '../../lib/openapi.ts';
import { problemsPage } from '../../lib/problems-page.ts';

test('the table of problems that is committed is the one the code makes: run `npm run openapi`', () => {
  expect(readFileSync('docs/problems.md', 'utf8')).toBe(problemsPage(ALL_PROBLEMS));
});

test('every problem has its row, by code', () => {
  const rows = problemsPage(ALL_PROBLEMS)
    .split('\n')
    .flatMap((line) => /^\| `([a-z-]+)` +\| \d{3} +\| .+ \| .+ \|$/.exec(line)?.[1] ?? []);

  expect(rows).toEqual(ALL_PROBLEMS.map(({ code }) => code).toSorted());
});

test('a bar in a text does not end its cell', () => {
  const problem = { code: 'a-or-b', status: 400, title: 'A|B', advice: 'Send `a` or `b`.' };

  expect(problemsPage([problem])).toMatch(/\| A\\\|B +\|/);
});
