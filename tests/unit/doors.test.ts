import { expect, test } from 'vitest';

import { Doors } from '../../lambdas/shared/auth/doors.ts';

/** Who is let in, and how often that is asked. */

function aDoor() {
  const state = { shutOut: new Set<string>(), reads: 0, now: 0, fails: false };
  const doors = new Doors(
    async () => {
      state.reads += 1;
      if (state.fails) throw new Error('the database is away');
      return new Set(state.shutOut);
    },
    () => state.now,
  );
  return { state, admit: (institutionId: string) => doors.admit({ institutionId }) };
}

test('a thousand requests within twenty seconds ask once', async () => {
  const { state, admit } = aDoor();
  for (let request = 0; request < 1000; request++) {
    state.now = request * 19;
    await admit('a');
  }
  expect(state.reads).toBe(1);
});

test('requests that begin together ask once', async () => {
  const { state, admit } = aDoor();
  await Promise.all(Array.from({ length: 50 }, () => admit('a')));
  expect(state.reads).toBe(1);
});

test('who is shut out is refused after twenty seconds at the latest, and let in again as soon', async () => {
  const { state, admit } = aDoor();
  await admit('a');
  state.shutOut.add('a');
  state.now = 20_000;
  await expect(admit('a')).rejects.toMatchObject({ name: 'institution-suspended' });
  await admit('b');
  state.shutOut.delete('a');
  state.now = 40_000;
  await admit('a');
});

test('nobody is let in while it is not known who may be, and the next request asks again', async () => {
  const { state, admit } = aDoor();
  state.fails = true;
  await expect(admit('a')).rejects.toThrow('the database is away');
  state.fails = false;
  await admit('a');
  expect(state.reads).toBe(2);
});
