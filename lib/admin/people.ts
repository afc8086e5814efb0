import {
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminUserGlobalSignOutCommand,
  type AttributeType,
  UserNotFoundException,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';

import type { Role } from '../../lambdas/shared/auth/vocabulary.ts';
import { AdminError, type Deployment } from './deployment.ts';
import { enrol, unenrol } from './members.ts';

/**
 * Makes an account for a person, to whom Cognito mails a temporary password, and lets the person act for an institution.
 * For a person who has an account it says anew for whom and as what. The address stays in the user pool.
 * @returns whether the account is new
 * @throws AdminError when the institution is not registered
 */
export async function enrolPerson(
  hub: Deployment,
  {
    email,
    institutionId,
    roles,
  }: { readonly email: string; readonly institutionId: string; readonly roles: readonly Role[] },
): Promise<boolean> {
  const present = await findPerson(hub, email);
  const sub = present ?? (await createPerson(hub, email));
  await enrol(hub, { kind: 'person', id: sub, institutionId, roles });
  if (present !== undefined) {
    await hub.cognito.send(new AdminEnableUserCommand({ UserPoolId: hub.userPoolId, Username: email }));
  }
  return present === undefined;
}

/**
 * Takes a person's access away: no more tokens, no more signing in. Tokens given out before end within fifteen minutes.
 * @throws AdminError when there is no such account, it acts for nobody, or it is the last coordinator or admin
 */
export async function revokePerson(hub: Deployment, email: string): Promise<void> {
  const sub = await findPerson(hub, email);
  if (sub === undefined) throw new AdminError('There is no account with this e-mail address. Nothing was changed.');
  const user = { UserPoolId: hub.userPoolId, Username: email };
  // First what can be refused: to the last coordinator or admin nothing happens.
  await unenrol(hub, { kind: 'person', id: sub });
  await hub.cognito.send(new AdminDisableUserCommand(user));
  await hub.cognito.send(new AdminUserGlobalSignOutCommand(user));
}

/** @returns the account's `sub` */
async function findPerson({ cognito, userPoolId }: Deployment, email: string): Promise<string | undefined> {
  try {
    const { UserAttributes } = await cognito.send(new AdminGetUserCommand({ UserPoolId: userPoolId, Username: email }));
    return subIn(UserAttributes);
  } catch (error) {
    if (error instanceof UserNotFoundException) return undefined;
    throw error;
  }
}

async function createPerson({ cognito, userPoolId }: Deployment, email: string): Promise<string> {
  try {
    const { User } = await cognito.send(
      new AdminCreateUserCommand({
        UserPoolId: userPoolId,
        Username: email,
        DesiredDeliveryMediums: ['EMAIL'],
        UserAttributes: [
          { Name: 'email', Value: email },
          { Name: 'email_verified', Value: 'true' },
        ],
      }),
    );
    return subIn(User?.Attributes);
  } catch (error) {
    if (error instanceof UsernameExistsException)
      throw new AdminError('Somebody made this account meanwhile. Repeat it.');
    throw error;
  }
}

function subIn(attributes: readonly AttributeType[] | undefined): string {
  const sub = attributes?.find(({ Name }) => Name === 'sub')?.Value;
  if (sub === undefined) throw new Error('Cognito named no sub of the account.');
  return sub;
}
