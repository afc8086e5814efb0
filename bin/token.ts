import { parseArgs } from 'node:util';

import * as z from 'zod/mini';

import { ROLES } from '../lambdas/shared/auth/vocabulary.ts';
import { DEMO_INSTITUTIONS } from '../lib/local/demo/institutions.ts';
import { CLIENT_SECRETS, ClientSecrets } from '../lib/local/issuer/accounts.ts';
import { HUB_DIR, readRunning } from '../lib/local/running.ts';
import { openStore } from '../lib/local/store.ts';

const HELP = `npm run -s token -- --institution <alias> --role <role> [--scope "<scope> <scope>"]

Prints an access token of a demo account of the Hub that npm start runs. It lives for one hour.

  --institution  ${DEMO_INSTITUTIONS.map(({ alias }) => alias).join(', ')}
  --role         ${ROLES.join(', ')}
  --scope        scopes to ask for, separated by spaces (default: all that the role may have)
  --help         this text`;

const Answer = z.object({
  access_token: z.optional(z.string()),
  error: z.optional(z.string()),
  error_description: z.optional(z.string()),
});

/** @throws Error whose message is one sentence for the user */
async function token(): Promise<string> {
  const { values } = parseArgs({
    options: {
      institution: { type: 'string' },
      role: { type: 'string' },
      scope: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) return HELP;
  const aliases = DEMO_INSTITUTIONS.map(({ alias }) => alias);
  const { institution, role, scope } = values;
  if (institution === undefined || !aliases.includes(institution)) {
    throw new Error(`--institution must be one of ${aliases.join(', ')}.`);
  }
  if (!ROLES.some((known) => known === role)) throw new Error(`--role must be one of ${ROLES.join(', ')}.`);

  const url = (await readRunning(HUB_DIR))?.url;
  if (url === undefined) throw new Error('The Hub is not running: start it with npm start and wait until it answers.');
  const clientId = `${institution}.${String(role)}`;
  const secret = openStore(HUB_DIR).read(CLIENT_SECRETS, ClientSecrets)?.[clientId];
  if (secret === undefined) throw new Error(`The running Hub has no account ${clientId}: restart it.`);

  const response = await fetch(`${url}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) }),
  }).catch(() => undefined);
  if (response === undefined) throw new Error(`The Hub does not answer at ${url}.`);
  const answer = Answer.parse(await response.json());
  if (answer.access_token === undefined) {
    throw new Error(`The Hub gave no token: ${answer.error_description ?? answer.error ?? String(response.status)}`);
  }
  return answer.access_token;
}

try {
  console.log(await token());
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
