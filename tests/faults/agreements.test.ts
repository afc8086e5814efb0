import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { showAgreement } from '../../lambdas/agreements/model.ts';
import { AgreementWorld } from '../properties/agreement-world.ts';
import { anAgreementBody, aProposal } from '../support/agreements.ts';
import { type Fault, TRIED } from './fault-proxy.ts';
import { losing } from './losing.ts';
import { Scene } from './scene.ts';

/** Agreements when calls to the database fail, replies are lost, and many ask at the same moment. */

let scene: Scene;
let world: AgreementWorld;
beforeAll(async () => {
  scene = await Scene.open({ jobs: false });
  world = new AgreementWorld(scene.hub, new Date().toISOString());
});
afterAll(async () => {
  world.close();
  await scene.close();
});

const ACTIONS = ['create', 'propose', 'approve', 'terminate'] as const;
type Action = (typeof ACTIONS)[number];

interface Request {
  readonly institution: string;
  readonly path: string;
  readonly body: object;
}

async function someParties(number: number): Promise<string[]> {
  const ids = Array.from({ length: number }, () => uuidv7());
  await world.registerPartners(...ids);
  return ids;
}

const creating = (ids: readonly string[]): Request => ({
  institution: ids[0] ?? '',
  path: '/v1/agreements',
  body: anAgreementBody(
    ids.map((id) => ({ id })),
    { approve: true },
  ),
});

async function made(ids: readonly string[]): Promise<{ id: string; hash: string }> {
  const { institution, path, body } = creating(ids);
  const { id, latest } = (await scene.insist(institution, path, body)).body as { id: string; latest: { hash: string } };
  return { id, hash: latest.hash };
}

/** Brings an agreement of two to where `action` can be done to it, and says how to ask for that. */
async function prepare(ids: readonly string[], action: Action): Promise<Request> {
  if (action === 'create') return creating(ids);
  const { id, hash } = await made(ids);
  const [institution, path] = [ids[1] ?? '', `/v1/agreements/${id}`];
  if (action === 'approve') return { institution, path: `${path}/approvals`, body: { hash } };
  if (action === 'terminate') return { institution, path: `${path}/terminate`, body: { reason: 'breach' } };
  const body = { follows: hash, ...aProposal({ title: { en: 'Second' }, approve: true }) };
  return { institution, path: `${path}/versions`, body };
}

/** All that is stored of an institution's agreements. */
async function stateOf(institution: string) {
  const { entries } = await world.agreements.list(institution, 100);
  return Promise.all(
    entries.map(async ({ id }) => {
      const agreement = await world.agreements.get(id);
      if (agreement === undefined) throw new Error('An agreement is listed and not there');
      const { versions } = await world.agreements.listVersions(id, 100);
      const { status, latest } = showAgreement(agreement, world.now());
      return {
        ...{ status, version: agreement.version, latest: latest.version, awaiting: latest.awaiting.length },
        versions: versions.map(({ approvals }) => approvals.length),
      };
    }),
  );
}

/** The SDK waits about a second before it tries again when it is throttled: two actions stand for all. */
const cases = TRIED.flatMap((fault) =>
  ACTIONS.filter((action) => fault !== 'throttled' || ['create', 'approve'].includes(action)).map(
    (action) => [action, fault] as const,
  ),
);

test.each(cases)('%s comes to the same end when any call is %s', async (action: Action, fault: Fault) => {
  const undisturbed = await someParties(2);
  const request = await prepare(undisturbed, action);
  const { status } = await scene.insist(request.institution, request.path, request.body);
  const expected = { status, states: await Promise.all(undisturbed.map(stateOf)) };

  for (let at = 1; ; at++) {
    const ids = await someParties(2);
    const { institution, path, body } = await prepare(ids, action);
    const key = `${action}-${fault}-${String(at)}`;
    scene.proxy.follow(({ number }) => (number === at ? fault : undefined));
    await scene.send(institution, path, body, key);
    const reached = scene.proxy.calls >= at;
    scene.proxy.follow();
    const answer = await scene.insist(institution, path, body, key);
    const end = { status: answer.status, states: await Promise.all(ids.map(stateOf)) };
    expect(end, `${fault} at call ${String(at)}`).toEqual(expected);
    if (!reached) {
      expect(at).toBeGreaterThan(1);
      return;
    }
  }
});

describe.each([0.2, 0.5])('when %f of the database’s replies are lost after the commit', (share) => {
  test('all parties approve at the same moment, each once', async () => {
    const ids = await someParties(6);
    const { id, hash } = await made(ids);
    scene.proxy.follow(losing(share));

    const answers = await Promise.all(
      ids.slice(1).map((party) => scene.insist(party, `/v1/agreements/${id}/approvals`, { hash })),
    );
    scene.proxy.follow();

    expect(answers.map(({ status }) => status)).toEqual(ids.slice(1).map(() => 200));
    expect(await stateOf(ids[0] ?? '')).toEqual([
      { status: 'in-force', version: 6, latest: 1, awaiting: 0, versions: [6] },
    ]);
  });

  test('of proposals, approvals and a termination at the same moment, what is answered is what is stored', async () => {
    const ids = await someParties(4);
    const { id, hash } = await made(ids);
    const path = `/v1/agreements/${id}`;
    scene.proxy.follow(losing(share));

    const [approvals, versions, ends] = await Promise.all([
      Promise.all(ids.slice(1).map((party) => scene.insist(party, `${path}/approvals`, { hash }))),
      Promise.all(
        ids.map((party) =>
          scene.insist(party, `${path}/versions`, { follows: hash, ...aProposal({ title: { en: 'Second' } }) }),
        ),
      ),
      Promise.all(ids.map((party) => scene.insist(party, `${path}/terminate`, { reason: 'breach' }))),
    ]);
    scene.proxy.follow();

    const done = (answers: readonly { status: number }[]) => answers.filter(({ status }) => status < 300).length;
    const [state] = await stateOf(ids[0] ?? '');
    expect(done(ends)).toBe(1);
    expect(done(versions)).toBeLessThanOrEqual(1);
    expect(state).toMatchObject({
      status: 'terminated',
      version: 1 + done(approvals) + done(versions) + 1,
      versions: [1 + done(approvals), ...(done(versions) === 1 ? [0] : [])],
    });
  });
});
