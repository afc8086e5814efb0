import * as z from 'zod/mini';

import { logToken } from '../shared/observability/log.ts';
import { deployedPorts } from './deployed-ports.ts';
import { tokenFor } from './member-operations.ts';
import type { MemberIdentity } from './model.ts';

/**
 * The part of a pre-token-generation event that is read, version V3_0.
 * Source: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
const TokenEvent = z.looseObject({
  triggerSource: z.string(),
  callerContext: z.looseObject({ clientId: z.string().check(z.minLength(1)) }),
  request: z.looseObject({
    userAttributes: z.optional(z.nullable(z.looseObject({ sub: z.optional(z.string()) }))),
  }),
});
type TokenEvent = z.infer<typeof TokenEvent>;

/** The issuer shows the message to who asked for the token. */
class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

const REFUSALS = {
  client:
    'This client is not, or no longer, enrolled for an institution of the Hub. Ask an admin of the Hub to onboard it.',
  person:
    'This account is not, or no longer, enrolled for an institution of the Hub. Ask an admin of the Hub to enrol it.',
} as const;

const ports = deployedPorts();

/**
 * Puts institution and roles into an access token that the issuer is about to give out, and takes out the scopes the
 * roles do not permit. The issuer gives no token when this fails, so whatever is not known ends in an error.
 * @throws TokenRefused, ZodError, or what the database threw
 */
export async function handler(event: unknown): Promise<TokenEvent> {
  const parsed = TokenEvent.parse(event);
  const { clientId } = parsed.callerContext;
  const who = bearerOf(parsed);
  const contents = who === undefined ? undefined : await tokenFor(ports, who);
  const kind = who?.kind ?? 'person';
  logToken({ kind, clientId, institutionId: contents?.claims.institution_id });
  if (contents === undefined) throw new TokenRefused(REFUSALS[kind]);
  return {
    ...parsed,
    response: {
      claimsAndScopeOverrideDetails: {
        accessTokenGeneration: {
          claimsToAddOrOverride: contents.claims,
          scopesToSuppress: contents.withheldScopes,
        },
      },
    },
  };
}

function bearerOf({ triggerSource, callerContext, request }: TokenEvent): MemberIdentity | undefined {
  if (triggerSource === 'TokenGeneration_ClientCredentials') return { kind: 'client', id: callerContext.clientId };
  const sub = request.userAttributes?.sub;
  return sub === undefined || sub === '' ? undefined : { kind: 'person', id: sub };
}
