import { readFileSync } from 'node:fs';

import * as z from 'zod/mini';

import { ROLES, type Role, scopesOf } from '../../lambdas/shared/auth/vocabulary.ts';
import { isUuid } from '../../lambdas/shared/values.ts';
import { cdkContext } from '../cdk-context.ts';
import { addSecret, type ClientSecret, makeClient, retireSecret, revokeClient } from './clients.ts';
import { AdminError, type Deployment, openDeployment } from './deployment.ts';
import { enrolledClients, register } from './members.ts';
import { enrolPerson, revokePerson } from './people.ts';

export const HELP = `npm run -s admin -- <command> [options]

Administers the Hub of a stage, with the AWS credentials of the environment.

  first-admin    --email <address> --institution <id or file>
                 makes the first person who may act as hub-admin
  person         --email <address> --institution <id or file> --role <role> …
                 makes a person's account, or says anew for whom and as what the person acts
  revoke-person  --email <address>
  onboard        --institution <id or file> [--role <role> …]
                 registers a partner and makes a client for its system (role: integration);
                 prints the client's secret, which cannot be shown again
  clients        lists the clients of all partners
  revoke-client  --client <client id>
  add-secret     --client <client id>    gives a client a second secret; both are good
  retire-secret  --client <client id>    ends the older of two secrets

  --stage        dev or prod (default: the one in cdk.json)
  --region       default: the stage's in cdk.json
  --institution  the id of a registered institution, or a JSON file that describes one: it is registered then
  --role         ${ROLES.join(', ')}
  --help         this text`;

export interface Flags {
  readonly stage?: string;
  readonly region?: string;
  readonly institution?: string;
  readonly email?: string;
  readonly client?: string;
  readonly role?: string[];
}

/** By name. Each returns what is to be printed. @throws AdminError, or what AWS refused */
export const COMMANDS: Readonly<Record<string, (flags: Flags) => Promise<string>>> = {
  'first-admin': async (flags) => person(flags, ['hub-admin']),
  person: async (flags) => person(flags, rolesIn(flags)),
  'revoke-person': async (flags) => {
    await revokePerson(await hubOf(flags), emailIn(flags));
    return 'The person can sign in no more.';
  },
  onboard: async (flags) => {
    const roles = flags.role === undefined ? (['integration'] as const) : rolesIn(flags);
    const hub = await hubOf(flags);
    const institutionId = await institutionIn(flags, hub);
    const client = await makeClient(hub, { institutionId, roles });
    return welcome(hub, client, roles);
  },
  clients: async (flags) => {
    const clients = await enrolledClients(await hubOf(flags));
    const lines = clients.map(({ id, institutionId, roles }) => `${id}  ${institutionId}  ${roles.join(' ')}`);
    return lines.join('\n') || 'No partner has a client.';
  },
  'revoke-client': async (flags) => {
    await revokeClient(await hubOf(flags), clientIn(flags));
    return 'The client gets no more tokens; the Hub takes none of those it has.';
  },
  'add-secret': async (flags) => {
    const { secret } = await addSecret(await hubOf(flags), clientIn(flags));
    return `The new secret, shown only now; the old one stays good until retire-secret:\n\n  ${secret}`;
  },
  'retire-secret': async (flags) => {
    await retireSecret(await hubOf(flags), clientIn(flags));
    return 'The older secret is good no more.';
  },
};

async function person(flags: Flags, roles: readonly Role[]): Promise<string> {
  const email = emailIn(flags);
  const hub = await hubOf(flags);
  const institutionId = await institutionIn(flags, hub);
  const isNew = await enrolPerson(hub, { email, institutionId, roles });
  const done = `The person acts for ${institutionId} as ${roles.join(', ')}.`;
  return isNew ? `${done} Cognito has mailed a temporary password, good for three days.` : done;
}

function welcome(
  { apiUrl, signInUrl }: Deployment,
  { clientId, secret }: ClientSecret,
  roles: readonly Role[],
): string {
  return `For the partner, over a safe channel; the secret is shown only now:

  client id      ${clientId}
  client secret  ${secret}
  scopes         ${scopesOf(roles).join(' ')}
  API            ${apiUrl}

A token, good for an hour, and a first request:

  curl -s ${signInUrl}/oauth2/token -u '${clientId}:<client secret>' -d grant_type=client_credentials
  curl -s ${apiUrl}/v1/me -H 'Authorization: Bearer <access_token>'`;
}

const Stages = z.object({
  stage: z.string(),
  stages: z.record(z.string(), z.looseObject({ region: z.string() })),
});

async function hubOf(flags: Flags): Promise<Deployment> {
  const settings = Stages.parse(cdkContext());
  const { stage = settings.stage } = flags;
  const region = flags.region ?? settings.stages[stage]?.region;
  if (region === undefined) {
    throw new AdminError(`--stage ${stage}: cdk.json knows ${Object.keys(settings.stages).join(' and ')}.`);
  }
  return openDeployment(stage, region);
}

/** @returns the institution's id */
async function institutionIn({ institution }: Flags, hub: Deployment): Promise<string> {
  if (institution === undefined) throw new AdminError('Write --institution, an id or a file that describes one.');
  return isUuid(institution) ? institution : register(hub, read(institution));
}

function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AdminError(`--institution ${file} is neither an institution’s id nor a file with JSON: ${reason}`);
  }
}

function rolesIn({ role: given = [] }: Flags): readonly Role[] {
  const unknown = given.filter((name) => !ROLES.some((role) => role === name));
  if (given.length === 0 || unknown.length > 0) throw new AdminError(`Write --role, one of ${ROLES.join(', ')}.`);
  return ROLES.filter((role) => given.includes(role));
}

function emailIn({ email }: Flags): string {
  const { data } = z.email().safeParse(email);
  if (data === undefined) throw new AdminError('Write --email, the person’s address, such as anna@example.org.');
  return data;
}

function clientIn({ client }: Flags): string {
  if (client === undefined) throw new AdminError('Write --client, a client id as admin clients lists them.');
  return client;
}
