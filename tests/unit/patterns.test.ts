import { expect, test } from 'vitest';
import * as z from 'zod/mini';

import { Pseudonym } from '../../lambdas/quotas/pseudonym.ts';
import { TimeZone } from '../../lambdas/shared/values.ts';
import { CONTEXT_ROUTES } from '../../lib/openapi.ts';

/** Texts of the kind that make a careless pattern try for ever. */
const TEASERS = ['_', '-', '.', '/', 'a', 'A', '0', 'a-', '0-', 'A_', '-0', ' '].map(
  (piece) => `A${piece.repeat(30_000)}!`,
);

const took = (work: () => unknown): number => {
  const start = performance.now();
  work();
  return performance.now() - start;
};

function* schemasIn(schema: unknown): Generator<z.ZodMiniType> {
  if (!(schema instanceof z.ZodMiniType)) return;
  if (schema instanceof z.ZodMiniString) yield schema;
  if (schema instanceof z.ZodMiniObject) for (const inner of Object.values(schema.shape)) yield* schemasIn(inner);
  if (schema instanceof z.ZodMiniOptional || schema instanceof z.ZodMiniDefault) yield* schemasIn(schema.def.innerType);
}

test('no text of a body or query keeps a function busy', () => {
  const routes = Object.values(CONTEXT_ROUTES).flatMap((context) => Object.values(context));
  const texts = routes.flatMap(({ body, query, params }) =>
    [body, query, params].flatMap((part) => [...schemasIn(part)]),
  );
  expect(texts.length).toBeGreaterThan(5);

  for (const schema of [...texts, Pseudonym, TimeZone]) {
    for (const teaser of TEASERS) expect(took(() => schema.safeParse(teaser))).toBeLessThan(100);
  }
});

test('every time zone of the database is one', () => {
  const refused = [...Intl.supportedValuesOf('timeZone'), 'UTC', 'Etc/GMT+5', 'GMT'].filter(
    (zone) => !TimeZone.safeParse(zone).success,
  );
  expect(refused).toEqual([]);
});
