import { beforeAll, describe, expect, test } from 'vitest';

import { DEMO_INSTITUTIONS } from '../../lib/local/demo/institutions.ts';
import type { Answer, Client } from '../support/client.ts';
import { aBooking, aGrant, anInstitution, aPool, type Institution } from '../support/factories.ts';
import type { OperationId } from '../support/routes.ts';

/** Lists of what has an id. */
type ListOperation = Exclude<
  Extract<OperationId, `list${string}`>,
  'listAgreementVersions' | 'listLoanBalances' | 'listLedger' | 'listAudit' | 'listNotifications'
>;

interface Walk {
  readonly pages: readonly (readonly { readonly id: string }[])[];
  readonly ids: readonly string[];
}

/** Follows the Link headers from the first page to the last. */
async function walk(
  client: Client,
  operationId: ListOperation,
  { params = {}, query = {} }: { params?: Record<string, string>; query?: Record<string, string | number> } = {},
): Promise<Walk> {
  const pages: { id: string }[][] = [];
  let following: Record<string, string | number> | undefined = query;
  while (following !== undefined) {
    const answer: Answer<ListOperation> = await client.call(operationId, { params, query: following });
    const { items, next } = answer.ok;
    pages.push(items);
    const link: string | undefined = /^<([^>]+)>; rel="next"$/.exec(String(answer.headers.link ?? ''))?.[1];
    const search: URLSearchParams | undefined =
      link === undefined ? undefined : new URL(link, 'http://hub').searchParams;
    expect(search?.get('cursor') ?? undefined).toBe(next);
    following = search && Object.fromEntries(search);
    if (pages.length > 200) throw new Error('The list does not end');
  }
  return { pages, ids: pages.flat().map(({ id }) => id) };
}

/** Somebody who gives and holds grants, some with bookings, some without. */
const provider = await anInstitution();
let beneficiary: Institution;
const expected = { pools: [] as string[], grants: [] as string[], bookings: [] as string[], ofOnePool: [] as string[] };
let busyGrant: string;
let busyPool: string;

beforeAll(async () => {
  beneficiary = await anInstitution();
  for (let number = 0; number < 5; number++) {
    const pool = await aPool(provider, { capacity: 10 });
    expected.pools.push(pool.id);
    for (let nth = 0; nth < (number === 0 ? 3 : 1); nth++) {
      const scene = await aGrant({ provider, beneficiary, pool, nominal: 3 });
      expected.grants.push(scene.grant.id);
      if (number === 0) expected.ofOnePool.push(scene.grant.id);
      for (let booking = 0; booking < [3, 0, 1, 0, 2, 3, 0][expected.grants.length - 1]!; booking++) {
        expected.bookings.push((await aBooking(scene)).id);
      }
    }
  }
  [busyPool = ''] = expected.pools;
  [busyGrant = ''] = expected.grants;
});

const LIMITS = [1, 2, 3, 7, 100];

describe.each(LIMITS)('with a limit of %i, page by page,', (limit) => {
  test('all pools are seen once, oldest first', async () => {
    const { ids, pages } = await walk(provider.coordinator, 'listPools', { query: { limit } });
    expect(ids).toEqual(expected.pools);
    expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(limit);
  });

  test('all grants given and held are seen once', async () => {
    const given = await walk(provider.coordinator, 'listGrants', { query: { limit } });
    const held = await walk(beneficiary.coordinator, 'listGrants', { query: { limit } });
    expect(given.ids.toSorted()).toEqual(expected.grants.toSorted());
    expect(held.ids.toSorted()).toEqual(expected.grants.toSorted());
  });

  test('all grants of a pool are seen once, oldest first', async () => {
    const { ids } = await walk(provider.coordinator, 'listPoolGrants', {
      params: { poolId: busyPool },
      query: { limit },
    });
    expect(ids).toEqual(expected.ofOnePool);
  });

  test('all bookings are seen once, by both sides', async () => {
    const there = await walk(provider.coordinator, 'listBookings', { query: { limit } });
    const here = await walk(beneficiary.coordinator, 'listBookings', { query: { limit } });
    expect(there.ids.toSorted()).toEqual(expected.bookings.toSorted());
    expect(here.ids.toSorted()).toEqual(expected.bookings.toSorted());
    expect(Math.max(...here.pages.map(({ length }) => length))).toBeLessThanOrEqual(limit);
  });

  test('all bookings of a grant are seen once', async () => {
    const { ids } = await walk(beneficiary.coordinator, 'listBookings', { query: { grantId: busyGrant, limit } });
    expect(ids.toSorted()).toEqual(expected.bookings.slice(0, 3).toSorted());
  });
});

test('all institutions are seen once, those of the demonstration among them', async () => {
  const { ids } = await walk(beneficiary.coordinator, 'listInstitutions', { query: { limit: 100 } });
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(DEMO_INSTITUTIONS.map(({ id }) => id)));
});

test('a page has 25 items unless another limit is asked for', async () => {
  const answer = await beneficiary.coordinator.call('listInstitutions');
  expect(answer.ok.items).toHaveLength(25);
});

test('the list of an institution without anything is one empty page', async () => {
  const { coordinator } = await anInstitution();
  for (const operationId of ['listPools', 'listGrants', 'listBookings'] as const) {
    const answer = await coordinator.call(operationId);
    expect(answer.body).toEqual({ items: [] });
    expect(answer.headers).not.toHaveProperty('link');
  }
});

test('bookings behind many grants without any are reached', async () => {
  const giver = await anInstitution();
  const taker = await anInstitution();
  const pool = await aPool(giver);
  for (let number = 0; number < 27; number++) await aGrant({ provider: giver, beneficiary: taker, pool, nominal: 0 });
  const last = await aGrant({ provider: giver, beneficiary: taker, pool, nominal: 1 });
  const booking = await aBooking(last);

  const { ids, pages } = await walk(taker.coordinator, 'listBookings', { query: { limit: 100 } });

  expect(ids).toEqual([booking.id]);
  expect(pages.length).toBeLessThanOrEqual(3);
});

test('what is added behind the page one is on is met later, and nothing twice', async () => {
  const giver = await anInstitution();
  const first = await aPool(giver);
  const second = await aPool(giver);
  const page = (await giver.coordinator.call('listPools', { query: { limit: 1 } })).ok;
  const third = await aPool(giver);

  const rest = await walk(giver.coordinator, 'listPools', { query: { limit: 1, cursor: page.next ?? '' } });

  expect([page.items[0]?.id, ...rest.ids]).toEqual([first.id, second.id, third.id]);
});
