import { describe, expect, test } from 'vitest';

import { ClientLimit, type SharedCounts, WINDOW } from '../../lambdas/shared/auth/client-limit.ts';

/** How many requests of a client are let pass, by how many instances, and what that costs. */

/** The shared count of some instances, in memory; the real one is tried in `tests/faults/runaway.test.ts`. */
function sharedCounts() {
  const totals = new Map<string, number>();
  const state = { calls: 0, fails: undefined as Error | undefined };
  const add: SharedCounts['add'] = (client, window, requests) => {
    state.calls += 1;
    if (state.fails !== undefined) return Promise.reject(state.fails);
    const key = `${client} ${String(window)}`;
    totals.set(key, (totals.get(key) ?? 0) + requests);
    return Promise.resolve(totals.get(key) ?? 0);
  };
  return { state, totals, add };
}

const START = 1_000 * WINDOW;
/** One hundred requests in a window. */
const PER_SECOND = 10;
const LIMIT = 100;

function aHub(instances = 1) {
  const shared = sharedCounts();
  const clock = { now: START };
  const limits = Array.from({ length: instances }, () => new ClientLimit(PER_SECOND, shared, () => clock.now));
  /** Sends requests one after another, to each instance in turn. @returns how many passed */
  const send = async (subject: string, requests: number): Promise<number> => {
    let passed = 0;
    for (let request = 0; request < requests; request++) {
      try {
        await limits[request % limits.length]?.admit({ subject });
        passed += 1;
      } catch (error) {
        if ((error as Error).name !== 'rate-limited') throw error;
      }
    }
    return passed;
  };
  return { shared, clock, limits, send };
}

const aThrottle = (): Error => Object.assign(new Error('slow down'), { name: 'ThrottlingException' });

describe('one instance', () => {
  test('lets pass exactly what is allowed in a window, and as much again in the next', async () => {
    const { clock, send } = aHub();
    expect(await send('a', 250)).toBe(LIMIT);
    clock.now = START + WINDOW - 1;
    expect(await send('a', 10)).toBe(0);
    clock.now = START + WINDOW;
    expect(await send('a', 250)).toBe(LIMIT);
  });

  test('counts each client by itself', async () => {
    const { send } = aHub();
    await send('a', 1000);
    expect(await send('b', LIMIT)).toBe(LIMIT);
  });

  test.each([
    [0, 10],
    [1, 10],
    [1_000, 9],
    [8_999, 2],
    [9_000, 1],
    [9_999, 1],
  ])('says at %d ms of a window to come again in %d s', async (at, seconds) => {
    const { clock, limits, send } = aHub();
    clock.now = START + at;
    await send('a', LIMIT);
    expect(() => limits[0]?.admit({ subject: 'a' })).toThrow(
      expect.objectContaining({ name: 'rate-limited', retryAfter: seconds }) as Error,
    );
  });

  test('tells nobody of a client that sends less than a tenth of what it may, and does not wait', () => {
    const { limits, shared } = aHub();
    for (let request = 0; request < LIMIT / 10; request++) expect(limits[0]?.admit({ subject: 'a' })).toBeUndefined();
    expect(shared.state.calls).toBe(0);
  });

  test('tells of a busy client once in a twentieth of what it may send, and of nothing that is refused', async () => {
    const { send, shared } = aHub();
    await send('a', LIMIT);
    const { calls } = shared.state;
    expect(calls).toBe(1 + Math.floor((LIMIT - 11) / 5));
    await send('a', 10_000);
    expect(shared.state.calls).toBe(calls);
  });

  test('remembers the clients of the present window only', async () => {
    const { clock, limits, send } = aHub();
    for (let client = 0; client < 500; client++) await send(String(client), 1);
    expect(limits[0]?.remembered).toBe(500);
    clock.now += WINDOW;
    await send('a', 1);
    expect(limits[0]?.remembered).toBe(1);
  });

  test('tells one after another, though many requests are under way', async () => {
    const { limits, shared } = aHub();
    const sent = await Promise.allSettled(Array.from({ length: 300 }, async () => limits[0]?.admit({ subject: 'a' })));
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(LIMIT);
    expect(shared.state.calls).toBe(1);
  });
});

describe('several instances', () => {
  test.each([2, 5, 10])('%d of them let pass what one may, and a tenth for each at most', async (instances) => {
    const { send } = aHub(instances);
    const passed = await send('a', 5_000);
    expect(passed).toBeGreaterThanOrEqual(LIMIT);
    expect(passed).toBeLessThanOrEqual(LIMIT + (instances * LIMIT) / 10);
  });

  test('go on by themselves while the count cannot be shared, and share it again', async () => {
    const { clock, send, shared } = aHub(2);
    shared.state.fails = aThrottle();
    expect(await send('a', 5_000)).toBe(2 * LIMIT);
    // A table that is asked too much is not asked again for each request.
    expect(shared.state.calls).toBeLessThan((2 * LIMIT) / 4);

    clock.now += WINDOW;
    shared.state.fails = undefined;
    expect(await send('a', 5_000)).toBeLessThanOrEqual(LIMIT + (2 * LIMIT) / 10);
  });

  test('tell later what they could not tell at first', async () => {
    const { send, shared } = aHub();
    shared.state.fails = aThrottle();
    await send('a', 12);
    shared.state.fails = undefined;
    await send('a', 20);
    expect([...shared.totals.values()]).toEqual([31]);
  });

  test('do not hide that the count is not to be had at all', async () => {
    const { send, shared } = aHub();
    shared.state.fails = new Error('no such table');
    await expect(send('a', 20)).rejects.toThrow('no such table');
  });
});
