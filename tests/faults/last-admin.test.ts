import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { enrol, revoke } from '../../lambdas/institutions/member-operations.ts';
import type { StatusAction } from '../../lambdas/institutions/model.ts';
import { changeStatus, readInstitution } from '../../lambdas/institutions/operations.ts';
import type { ClientPorts } from '../../lambdas/institutions/ports.ts';
import { registryRoutes as routes } from '../../lambdas/institutions/registry-contract.ts';
import { Permission } from '../../lambdas/shared/auth/access.ts';
import { outcomeOf } from '../properties/world.ts';
import { OnboardingScene } from './onboarding-scene.ts';

/** The Hub keeps an admin who can act, whoever is revoked, suspended or leaves, and whoever else at the same moment. */

let scene: OnboardingScene;
let ports: ClientPorts;
beforeAll(async () => {
  scene = await OnboardingScene.open();
  ports = scene.process().ports;
});
afterAll(() => scene.close());
beforeEach(() => scene.forgetAdmins());

const person = (institutionId: string) => ({ kind: 'person', id: randomUUID(), institutionId }) as const;

/** An institution, and a person who administers the Hub for it. */
async function anAdmin() {
  const member = person(await scene.institution());
  await enrol(ports, [{ ...member, roles: ['hub-admin'] }]);
  return member;
}

/** Another admin's institution does it; which is not asked for here. */
const change = (institutionId: string, action: StatusAction): Promise<string> => {
  const caller = { subject: 'admin', clientId: 'admin', institutionId: randomUUID(), scopes: [] };
  return outcomeOf(
    changeStatus(ports, {
      permission: new Permission(
        routes[`${action}Institution`].access,
        { ...caller, roles: ['hub-admin'] },
        randomUUID(),
      ),
      institutionId,
      action,
      body: {},
      idempotencyKey: undefined,
      expectedVersion: undefined,
    }),
    ({ value }) => value.status,
  );
};
const end = (member: Awaited<ReturnType<typeof anAdmin>>): Promise<string> =>
  revoke(ports, member).then(
    ({ status }) => status,
    () => 'kept',
  );

test.each(['suspend', 'leave'] as const)('the last admin’s institution cannot be made to %s', async (action) => {
  const { institutionId } = await anAdmin();
  expect(await change(institutionId, action)).toBe('last-admin');
  expect((await readInstitution(ports, institutionId)).status).toBe('active');
});

test('an admin whose institution is suspended is none, until it is activated', async () => {
  const [first, second] = [await anAdmin(), await anAdmin()];
  expect(await change(first.institutionId, 'suspend')).toBe('suspended');
  expect(await change(second.institutionId, 'leave')).toBe('last-admin');
  expect(await end(second)).toBe('kept');
  expect(await change(first.institutionId, 'activate')).toBe('active');
  expect(await change(second.institutionId, 'leave')).toBe('left');
  expect(await end(first)).toBe('kept');
});

test('an admin who moves to another institution is counted there, and only there', async () => {
  const [mover, other] = [await anAdmin(), await anAdmin()];
  const institutionId = await scene.institution();
  await enrol(ports, [{ ...mover, institutionId, roles: ['hub-admin'] }]);
  expect(await change(institutionId, 'suspend')).toBe('suspended');
  expect(await change(other.institutionId, 'suspend')).toBe('last-admin');
});

test('who is enrolled for a suspended institution does not count before it is activated', async () => {
  const acting = await anAdmin();
  const institutionId = await scene.institution();
  expect(await change(institutionId, 'suspend')).toBe('suspended');
  await enrol(ports, [{ ...person(institutionId), roles: ['hub-admin'] }]);
  expect(await end(acting)).toBe('kept');
  expect(await change(institutionId, 'activate')).toBe('active');
  expect(await end(acting)).toBe('revoked');
});

test('ten admins who are enrolled at once are all counted', async () => {
  const institutionIds = await Promise.all(Array.from({ length: 10 }, () => scene.institution()));
  const admins = institutionIds.map(person);
  await enrol(
    ports,
    admins.map((admin) => ({ ...admin, roles: ['hub-admin'] as const })),
  );
  for (const admin of admins.slice(1)) expect(await end(admin)).toBe('revoked');
  expect(await end(admins[0]!)).toBe('kept');
});

test.each([1, 2, 3, 4, 5])('of three who go at the same moment one stays (round %i)', async () => {
  const [leaving, suspended, revoked] = [await anAdmin(), await anAdmin(), await anAdmin()];
  const outcomes = await Promise.all([
    change(leaving.institutionId, 'leave'),
    change(suspended.institutionId, 'suspend'),
    end(revoked),
  ]);
  const kept = outcomes.filter((outcome) => outcome === 'last-admin' || outcome === 'kept' || outcome === 'busy');
  expect(kept).toHaveLength(1);
});
