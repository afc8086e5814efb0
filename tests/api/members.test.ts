import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { ROLES, type Role, SCOPES, scopesOf } from '../../lambdas/shared/auth/vocabulary.ts';
import { hub, hubFacts, hubTemplate } from '../support/hub.ts';
import { revokeClientsOf } from '../support/institutions.ts';

/** Who acts for which institution, what tokens then carry, whose tokens the gateway takes. */

let home: string;
let elsewhere: string;
beforeAll(async () => {
  home = await hub.spareInstitution();
  elsewhere = await hub.spareInstitution();
  // Somebody who stays, so that the others can be revoked.
  await enrol({ kind: 'person', id: randomUUID(), roles: ['coordinator', 'hub-admin'] });
});
afterAll(async () => revokeClientsOf(home));

interface Member {
  kind: 'client' | 'person';
  id: string;
  institutionId?: string;
  roles?: readonly Role[];
}
interface TokenChange {
  readonly claimsToAddOrOverride: { readonly institution_id: string; readonly roles: readonly string[] };
  readonly scopesToSuppress: readonly string[];
  readonly scopesToAdd?: readonly string[];
}
interface Answer {
  readonly response: { readonly claimsAndScopeOverrideDetails: { readonly accessTokenGeneration: TokenChange } };
}
const clientId = (): string => randomUUID().replaceAll('-', '').slice(0, 26);
const members = (action: string, ...list: Member[]): Promise<unknown> =>
  hub.invoke('InstitutionsMembers', { action, members: list });
const enrol = (member: Member): Promise<unknown> =>
  members('enrol', { institutionId: home, roles: ['coordinator'], ...member });

/** Events as Cognito's documentation shows them for trigger version V3_0. */
const event = (triggerSource: string, client: string, request: object, userName: string) => ({
  version: '3',
  triggerSource,
  region: 'eu-central-1',
  userPoolId: 'eu-central-1_EXAMPLE',
  userName,
  callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: client },
  request,
  response: { claimsAndScopeOverrideDetails: null },
});
const trigger = async (what: unknown): Promise<Answer> => (await hub.invoke('InstitutionsToken', what)) as Answer;
const systemAsks = (client: string, scopes: readonly string[] = SCOPES): Promise<Answer> =>
  trigger(event('TokenGeneration_ClientCredentials', client, { userAttributes: {}, scopes }, 'ClientCredentials'));
const PERSONS = [
  'TokenGeneration_Authentication',
  'TokenGeneration_HostedAuth',
  'TokenGeneration_NewPasswordChallenge',
  'TokenGeneration_RefreshTokens',
];
const personAsks = (sub: string | undefined, source = 'TokenGeneration_HostedAuth'): Promise<Answer> =>
  trigger(
    event(
      source,
      'peopleclient',
      {
        userAttributes: {
          ...(sub !== undefined && { sub }),
          'cognito:user_status': 'CONFIRMED',
          email: 'anna@example.org',
          email_verified: 'true',
        },
        groupConfiguration: { groupsToOverride: [], iamRolesToOverride: [], preferredRole: null },
        scopes: ['openid', ...SCOPES],
      },
      String(sub),
    ),
  );
const accessToken = ({ response }: Answer): TokenChange => response.claimsAndScopeOverrideDetails.accessTokenGeneration;

describe('the trigger before token generation', () => {
  test.each(ROLES)('puts institution and role into the token of a system that is %s', async (role) => {
    const id = clientId();
    await enrol({ kind: 'client', id, roles: [role] });

    const token = accessToken(await systemAsks(id));

    expect(token.claimsToAddOrOverride).toEqual({ institution_id: home, roles: [role] });
    expect(SCOPES.filter((scope) => !token.scopesToSuppress.includes(scope))).toEqual(scopesOf([role]));
    expect(token.scopesToAdd).toBeUndefined();
  });

  test.each(PERSONS)('puts them into the token of a person: %s', async (source) => {
    const sub = randomUUID();
    await enrol({ kind: 'person', id: sub, institutionId: elsewhere, roles: ['auditor'] });

    const token = accessToken(await personAsks(sub, source));

    expect(token.claimsToAddOrOverride).toEqual({ institution_id: elsewhere, roles: ['auditor'] });
    expect(token.scopesToSuppress).toEqual([
      'hub/institutions.write',
      'hub/agreements.write',
      'hub/documents.write',
      'hub/quotas.write',
      'hub/training.write',
      'hub/events.write',
      'hub/notifications.write',
      'hub/admin',
    ]);
  });

  test('answers with the event it got, the response filled in', async () => {
    const id = clientId();
    await enrol({ kind: 'client', id });
    expect(await systemAsks(id)).toMatchObject({ version: '3', callerContext: { clientId: id } });
  });

  test('follows a change of roles', async () => {
    const sub = randomUUID();
    await enrol({ kind: 'person', id: sub, roles: ['hub-admin'] });
    await enrol({ kind: 'person', id: sub, roles: ['auditor'] });
    expect(accessToken(await personAsks(sub)).claimsToAddOrOverride.roles).toEqual(['auditor']);
  });

  test('gives no token to whom nobody enrolled', async () => {
    await expect(systemAsks(clientId())).rejects.toThrow('not, or no longer, enrolled');
    await expect(personAsks(randomUUID())).rejects.toThrow('not, or no longer, enrolled');
    await expect(personAsks(undefined)).rejects.toThrow('not, or no longer, enrolled');
    await expect(personAsks('')).rejects.toThrow('not, or no longer, enrolled');
  });

  test('gives no token to who was revoked, and again when enrolled again', async () => {
    const id = clientId();
    await enrol({ kind: 'client', id });
    await members('revoke', { kind: 'client', id });
    await expect(systemAsks(id)).rejects.toThrow('not, or no longer, enrolled');
    await enrol({ kind: 'client', id });
    expect(accessToken(await systemAsks(id)).claimsToAddOrOverride.institution_id).toBe(home);
  });

  test('takes no client for a person of the same id, nor a person for a client', async () => {
    const id = randomUUID();
    await enrol({ kind: 'person', id, roles: ['hub-admin'] });
    await expect(systemAsks(id)).rejects.toThrow('enrolled');
    const client = clientId();
    await enrol({ kind: 'client', id: client });
    await expect(personAsks(client)).rejects.toThrow('enrolled');
  });

  test.each([{}, null, 'text', { triggerSource: 'TokenGeneration_ClientCredentials', request: {} }])(
    'gives no token for what is no event: %j',
    async (what) => {
      await expect(hub.invoke('InstitutionsToken', what)).rejects.toThrow();
    },
  );

  test('logs ids of clients and institutions, and nothing of a person', async () => {
    const sub = randomUUID();
    await enrol({ kind: 'person', id: sub });
    await personAsks(sub);
    await expect
      .poll(async () => (await hub.logs()).filter((line) => line.includes('"kind":"person"')).length)
      .toBeGreaterThan(0);
    const logs = (await hub.logs()).join();
    expect(logs).not.toContain(sub);
    expect(logs).not.toContain('anna@');
  });
});

describe('enrolling', () => {
  test('is for institutions that are registered', async () => {
    await expect(enrol({ kind: 'client', id: clientId(), institutionId: randomUUID() })).rejects.toThrow(
      'Register it first',
    );
  });

  test('repeated changes nothing', async () => {
    const id = clientId();
    const first = await enrol({ kind: 'client', id });
    expect(await enrol({ kind: 'client', id })).toEqual(first);
  });

  test('hands no client over to another institution', async () => {
    const id = clientId();
    await enrol({ kind: 'client', id });
    await expect(enrol({ kind: 'client', id, institutionId: elsewhere })).rejects.toThrow('Make another client');
  });

  test('knows ids only: no names, no addresses', async () => {
    for (const id of ['anna@example.org', 'Anna Example', '']) {
      await expect(enrol({ kind: 'person', id })).rejects.toThrow('must be the issuer’s id');
    }
  });

  test('needs a role that exists', async () => {
    await expect(enrol({ kind: 'client', id: clientId(), roles: [] })).rejects.toThrow();
    await expect(enrol({ kind: 'client', id: clientId(), roles: ['superuser' as Role] })).rejects.toThrow();
  });

  test('is seen in the list of clients, until it is revoked', async () => {
    const id = clientId();
    const listed = async () => {
      const { members: list } = (await hub.invoke('InstitutionsMembers', { action: 'clients' })) as {
        members: Member[];
      };
      return list.filter((member) => member.id === id);
    };
    await enrol({ kind: 'client', id });
    expect(await listed()).toMatchObject([{ kind: 'client', institutionId: home, roles: ['coordinator'] }]);
    await members('revoke', { kind: 'client', id });
    expect(await listed()).toEqual([]);
  });

  test('takes nobody the last coordinator, nor the last of two at the same moment', async () => {
    const institutionId = await hub.spareInstitution();
    const [first, second] = [clientId(), randomUUID()];
    await enrol({ kind: 'client', id: first, institutionId });
    await expect(members('revoke', { kind: 'client', id: first })).rejects.toThrow('no coordinator any more');
    await expect(enrol({ kind: 'client', id: first, institutionId, roles: ['integration'] })).rejects.toThrow(
      'no coordinator any more',
    );
    await enrol({ kind: 'person', id: second, institutionId });
    const outcomes = await Promise.allSettled([
      members('revoke', { kind: 'client', id: first }),
      members('revoke', { kind: 'person', id: second }),
    ]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('of somebody unknown cannot be revoked', async () => {
    await expect(members('revoke', { kind: 'client', id: clientId() })).rejects.toThrow('enrolled for no institution');
  });
});

describe('the gateway', () => {
  const admit = () => hub.invoke('InstitutionsAdmission', {});
  /** The gateway goes by `aud`, and by the client id where there is none, as in Cognito's tokens. */
  const statusFor = async (client: string): Promise<number> => {
    const claims = { aud: client, client_id: client };
    const token = await hub.token({ institution: home, role: 'coordinator', claims });
    return (await fetch(`${(await hubFacts()).url}/v1/me`, { headers: { authorization: `Bearer ${token}` } })).status;
  };

  test('takes the tokens of an enrolled client, until it is revoked', async () => {
    const id = clientId();
    expect(await statusFor(id)).toBe(401);

    await enrol({ kind: 'client', id });
    await admit();
    expect(await statusFor(id)).toBe(200);

    await members('revoke', { kind: 'client', id });
    await admit();
    expect(await statusFor(id)).toBe(401);
  });

  test('takes the tokens of people’s client always', async () => {
    const people = (await hubTemplate()).find('IdentityUserPoolPeopleClient', 'AWS::Cognito::UserPoolClient').logicalId;
    await admit();
    expect(await statusFor(`local-${people}`)).toBe(200);
  });

  test('follows every change by itself', async () => {
    const id = clientId();
    await enrol({ kind: 'client', id });
    await hub.drainStreams();
    expect(await statusFor(id)).toBe(200);
    await members('revoke', { kind: 'client', id });
    await hub.drainStreams();
    expect(await statusFor(id)).toBe(401);
  });

  test('is looked after every minute: what a deployment overwrites is put back', async () => {
    const id = clientId();
    await enrol({ kind: 'client', id });
    await hub.runSchedule('InstitutionsAdmissionSchedule');
    expect(await statusFor(id)).toBe(200);
  });
});
