import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { type ClientAndSecret, makeClient } from '../../lambdas/institutions/client-operations.ts';
import type { Member } from '../../lambdas/institutions/model.ts';
import type { ClientPorts } from '../../lambdas/institutions/ports.ts';
import { retireSecret, revokeClient, rotateSecret } from '../../lambdas/institutions/secret-operations.ts';
import { OPERATOR } from '../../lambdas/shared/auth/agent.ts';
import { type Death, Killed, OnboardingScene } from './onboarding-scene.ts';

/**
 * Clients are at the issuer, and in the registry, and no transaction holds both. A process is killed at every call it
 * makes to either, before it is done and after; then the request is repeated by another process.
 */

let scene: OnboardingScene;
beforeAll(async () => {
  scene = await OnboardingScene.open();
});
afterAll(() => scene.close());

const aRequest = () => ({ request: `test-${randomUUID()}`, fingerprint: 'the same' });
const present = async (id: string): Promise<Member> =>
  (await scene.process().ports.members.get({ kind: 'client', id }))!;

/** Does something with a process that dies at each of its calls in turn, until one comes to its end. */
async function atEveryCall(once: (death: Death) => Promise<boolean>): Promise<number> {
  let deaths = 0;
  for (const when of ['before', 'after'] as const) {
    for (let at = 1; await once({ at, when }); at++) deaths += 1;
  }
  return deaths;
}

/** @returns what it came to; undefined when it was killed */
async function attempt<T>(death: Death, act: (ports: ClientPorts) => Promise<T>): Promise<T | undefined> {
  try {
    return await act(scene.process(death).ports);
  } catch (error) {
    if (error instanceof Killed) return undefined;
    throw error;
  }
}

async function aClient(): Promise<{ id: string; secret: string }> {
  const institutionId = await scene.institution();
  const { value } = await makeClient(
    scene.process().ports,
    { institutionId, roles: ['integration'], by: OPERATOR },
    aRequest(),
  );
  return { id: value.client.id, secret: value.secret! };
}

test('making a client leaves none that works and none too many, wherever it is broken off', async () => {
  const deaths = await atEveryCall(async (death) => {
    const institutionId = await scene.institution();
    const wanted = { institutionId, roles: ['integration'] as const, by: OPERATOR };
    const request = aRequest();
    const before = await scene.working();
    const first = await attempt(death, (ports) => makeClient(ports, wanted, request));
    const orphans = (await scene.working()).filter((id) => !before.includes(id));
    const enrolled = (await scene.process().ports.members.listClientsOf(institutionId, 10)).clients;
    expect(orphans).toEqual(enrolled.map(({ id }) => id));

    scene.wait();
    const { value, replayed } = await makeClient(scene.process().ports, wanted, request);
    // A client whose secret nobody was told is one that the first attempt had enrolled.
    expect(value.secret === undefined).toBe(replayed);
    expect(scene.made.toSorted()).toEqual([...before, value.client.id].toSorted());
    expect(await scene.working()).toEqual(scene.made);
    expect(await scene.process().ports.members.listOnboardings()).toEqual([]);
    return first === undefined;
  });
  expect(deaths).toBeGreaterThan(10);
});

test('a broken-off attempt holds its own repetition up for a moment, and nobody else', async () => {
  const institutionId = await scene.institution();
  const wanted = { institutionId, roles: ['integration'] as const, by: OPERATOR };
  const request = aRequest();
  await attempt({ at: 6, when: 'after' }, (ports) => makeClient(ports, wanted, request));
  await expect(makeClient(scene.process().ports, wanted, request)).rejects.toMatchObject({ name: 'busy' });
  expect((await makeClient(scene.process().ports, wanted, aRequest())).replayed).toBe(false);
  scene.wait();
  expect((await makeClient(scene.process().ports, wanted, request)).replayed).toBe(false);
  expect(await scene.working()).toEqual(scene.made);
});

test('rotating a secret leaves two good ones that somebody was told of, wherever it is broken off', async () => {
  const deaths = await atEveryCall(async (death) => {
    const { id, secret } = await aClient();
    const request = aRequest();
    const rotate = async (ports: ClientPorts) => rotateSecret(ports, await present(id), request, OPERATOR);
    const first = await attempt<{ value: ClientAndSecret }>(death, rotate);
    scene.wait();
    const { value, replayed } = await rotate(scene.process().ports);
    expect(value.secret === undefined).toBe(replayed);

    const there = scene.issuer.clients.get(id)?.secrets ?? [];
    expect(there).toHaveLength(2);
    expect(there[0]?.secret).toBe(secret);
    if (!replayed) expect(there[1]?.secret).toBe(value.secret);
    expect((await present(id)).secretIds).toEqual(there.map((each) => each.id));
    return first === undefined;
  });
  expect(deaths).toBeGreaterThan(8);
});

test('retiring a secret ends the older one and never both, wherever it is broken off', async () => {
  const deaths = await atEveryCall(async (death) => {
    const { id } = await aClient();
    const { value } = await rotateSecret(scene.process().ports, await present(id), aRequest(), OPERATOR);
    const request = aRequest();
    const retire = async (ports: ClientPorts) => retireSecret(ports, await present(id), 'older', OPERATOR, request);
    const first = await attempt(death, retire);
    scene.wait();
    await retire(scene.process().ports);
    expect(scene.issuer.clients.get(id)?.secrets.map(({ secret }) => secret)).toEqual([value.secret]);
    expect((await present(id)).secretIds).toHaveLength(1);
    return first === undefined;
  });
  expect(deaths).toBeGreaterThan(5);
});

test('ending a client ends its tokens first, and leaves nothing at the issuer once it is repeated', async () => {
  const deaths = await atEveryCall(async (death) => {
    const { id } = await aClient();
    const first = await attempt(death, async (ports) => revokeClient(ports, await present(id), OPERATOR));
    if ((await present(id)).status === 'revoked') expect(await scene.working()).not.toContain(id);
    await revokeClient(scene.process().ports, await present(id), OPERATOR);
    expect(scene.made).not.toContain(id);
    return first === undefined;
  });
  expect(deaths).toBeGreaterThan(3);
});
