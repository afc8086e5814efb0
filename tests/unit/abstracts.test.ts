import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { isOrcid } from '../../lambdas/events/abstract-contract-parts.ts';
import { type Abstract, institutionsOf, type Reviewer, reviewersFor } from '../../lambdas/events/abstract-model.ts';

describe('an ORCID iD', () => {
  // The second one is of somebody whose check digit is the letter.
  test.each(['0000-0002-1825-0097', '0000-0002-1694-233X', '0000-0001-5109-3700'])('%s is one', (digits) => {
    expect(isOrcid(`https://orcid.org/${digits}`)).toBe(true);
  });

  test.each([
    '0000-0002-1825-0097',
    'http://orcid.org/0000-0002-1825-0097',
    'https://orcid.org/0000-0002-1694-233x',
    'https://orcid.org/000000021825-0097',
    'https://orcid.org/0000-0002-1825-0097/',
  ])('%s is not written as one', (text) => {
    expect(isOrcid(text)).toBe(false);
  });

  test('is none with a digit that is another, or with two that have changed places', () => {
    const [head, body] = ['https://orcid.org/', '0000-0002-1825-0097'];
    for (const index of Array.from(body).keys()) {
      if (body[index] === '-') continue;
      const other = String((Number(body[index]) + 1) % 10);
      expect(isOrcid(head + body.slice(0, index) + other + body.slice(index + 1))).toBe(false);
    }
    expect(isOrcid(`${head}0000-0002-8125-0097`)).toBe(false);
  });
});

const INSTITUTIONS = ['a', 'b', 'c', 'd'];
const TOPICS = ['protons', 'surgery'];
const someReviewers = fc
  .array(
    fc.record({
      institutionId: fc.constantFrom(...INSTITUTIONS),
      topics: fc.uniqueArray(fc.constantFrom(...TOPICS), { minLength: 1 }),
      most: fc.integer({ min: 1, max: 4 }),
      load: fc.integer({ min: 0, max: 4 }),
    }),
    { maxLength: 12 },
  )
  .map((all) => all.map((each, index) => ({ ...each, id: `r${String(index)}`, subject: `s${String(index)}` })));
const someAbstract = fc.record({
  topic: fc.constantFrom(...TOPICS),
  institutionId: fc.constantFrom(...INSTITUTIONS),
  coAuthors: fc.array(fc.option(fc.constantFrom(...INSTITUTIONS)), { maxLength: 3 }),
  already: fc.integer({ min: 0, max: 3 }),
});

function anAbstract({
  topic,
  institutionId,
  coAuthors,
}: typeof someAbstract extends fc.Arbitrary<infer T> ? T : never) {
  const authors = coAuthors.map((each) => ({
    displayName: 'A. Nonymous',
    affiliation: { name: 'x', country: 'KZ' as const, ...(each === null ? {} : { institutionId: each }) },
    presenting: false,
  }));
  return { topic, institutionId, authors, assigned: [] } as unknown as Abstract;
}

test('reviewers know the topic, are of none of its institutions, have room, and are those with the fewest', () => {
  fc.assert(
    fc.property(someReviewers, someAbstract, fc.integer({ min: 1, max: 5 }), (people, about, needed) => {
      const reviewers = people as unknown as readonly (Reviewer & { readonly load: number })[];
      const loads = new Map(reviewers.map(({ subject, load }) => [subject, load]));
      const plain = anAbstract(about);
      const assigned = reviewers.slice(0, about.already);
      const abstract = { ...plain, assigned };
      const own = institutionsOf(plain);
      const chosen = reviewersFor(abstract, reviewers, loads, needed).map(({ subject }) => subject);
      const fit = reviewers.filter(
        (each) =>
          each.topics.includes(about.topic) &&
          !own.has(each.institutionId) &&
          each.load < each.most &&
          !assigned.includes(each),
      );
      const names = new Set(fit.map(({ subject }) => subject));
      expect(chosen.filter((each) => !names.has(each))).toEqual([]);
      expect(new Set(chosen).size).toBe(chosen.length);
      expect(chosen.length).toBe(Math.min(fit.length, Math.max(0, needed - assigned.length)));
      const most = Math.max(0, ...chosen.map((each) => loads.get(each) ?? 0));
      const passedOver = fit.filter(({ subject, load }) => !chosen.includes(subject) && load < most);
      expect(chosen.length === 0 ? [] : passedOver).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});
