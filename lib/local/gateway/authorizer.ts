import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import * as z from 'zod/mini';

/** What API Gateway hands to the function about a verified token. */
export interface JwtContext {
  readonly claims: Readonly<Record<string, string>>;
  /** The route's scopes that the token has; null on a route that asks for none. */
  readonly scopes: readonly string[] | null;
}

export type Decision =
  | { readonly outcome: 'allowed'; readonly jwt: JwtContext }
  | { readonly outcome: 'unauthorized'; readonly reason: string | undefined }
  | { readonly outcome: 'forbidden' };

/** Decides on an `Authorization` header and a route's scopes. */
export type Authorize = (header: string | undefined, scopes: readonly string[]) => Promise<Decision>;

/** What tokens have to be. Can change while the gateway runs, as API Gateway's can. */
export interface JwtConfiguration {
  readonly Audience: readonly string[];
  readonly Issuer: string;
}

export interface Authorizer {
  readonly authorize: Authorize;
  configuration: JwtConfiguration;
}

const AuthorizerProperties = z.looseObject({
  AuthorizerType: z.literal('JWT'),
  IdentitySource: z._default(z.array(z.string()), ['$request.header.Authorization']),
  JwtConfiguration: z.looseObject({ Audience: z.array(z.string()), Issuer: z.string() }),
});

export interface LocalIssuer {
  readonly url: string;
  readonly keys: Parameters<typeof createLocalJWKSet>[0];
}

/**
 * The JWT authorizer of API Gateway's HTTP APIs: RS256 signature by a key of the issuer, `iss`, `aud` (or `client_id`
 * when there is no `aud`), `exp`, `nbf`, `iat`, and one of the route's scopes in `scope` or `scp`.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 * @param properties of the `AWS::ApiGatewayV2::Authorizer`, intrinsics resolved
 * @throws ZodError when it is not a JWT authorizer that reads the Authorization header
 */
export function createAuthorizer(properties: unknown, localIssuer: LocalIssuer): Authorizer {
  const { IdentitySource, JwtConfiguration } = AuthorizerProperties.parse(properties);
  const { Issuer } = JwtConfiguration;
  // The template names its user pool by https; what stands in for it here has no certificate.
  const issuer = Issuer.replace(/^https:/, 'http:') === localIssuer.url ? localIssuer.url : Issuer;
  if (IdentitySource.length !== 1 || IdentitySource[0]?.toLowerCase() !== '$request.header.authorization') {
    throw new Error(`The identity source ${IdentitySource.join(', ')} is not supported locally.`);
  }
  const keys =
    issuer === localIssuer.url
      ? createLocalJWKSet(localIssuer.keys)
      : createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));

  const authorize: Authorize = async (header, required) => {
    if (header === undefined || header.trim() === '') return { outcome: 'unauthorized', reason: undefined };
    const token = header.replace(/^Bearer +/i, '').trim();
    const verified = await verify(token, keys, issuer, authorizer.configuration.Audience);
    if (typeof verified === 'string') return { outcome: 'unauthorized', reason: verified };
    const granted = scopesIn(verified);
    const matching = required.filter((scope) => granted.has(scope));
    if (required.length > 0 && matching.length === 0) return { outcome: 'forbidden' };
    const scopes = required.length === 0 ? null : matching;
    return { outcome: 'allowed', jwt: { claims: claimsAsText(verified), scopes } };
  };
  const authorizer: Authorizer = { authorize, configuration: JwtConfiguration };
  return authorizer;
}

/** @returns the claims, or why they are not to be believed */
async function verify(
  token: string,
  keys: JWTVerifyGetKey,
  issuer: string,
  audience: readonly string[],
): Promise<JWTPayload | string> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      algorithms: ['RS256'],
      issuer,
      requiredClaims: ['exp'],
    });
    // With a single key in the set jose would take a token that names none; the gateway picks the key by its id.
    if (protectedHeader.kid === undefined) return 'the token names no key';
    if (!isFor(payload, audience)) return 'the audience is not valid';
    const now = Math.floor(Date.now() / 1000);
    if (payload.iat !== undefined && !(payload.iat <= now)) return 'the token was issued in the future';
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) return 'the token has expired';
    if (error instanceof errors.JOSEError) return error.message.replaceAll('"', "'");
    throw error;
  }
}

function isFor({ aud, client_id: clientId }: JWTPayload, audience: readonly string[]): boolean {
  const named = aud === undefined ? [clientId] : [aud].flat();
  return named.some((name) => typeof name === 'string' && audience.includes(name));
}

function scopesIn({ scope, scp }: JWTPayload): ReadonlySet<string> {
  const names = (claim: unknown): string[] => {
    if (Array.isArray(claim)) return claim.filter((item) => typeof item === 'string');
    return typeof claim === 'string' ? claim.split(' ') : [];
  };
  return new Set(names(scope ?? scp));
}

/** Every claim as text; a list as `[a b]`, which is how the gateway writes it. */
function claimsAsText(payload: JWTPayload): Record<string, string> {
  const written = (value: unknown): string => {
    if (Array.isArray(value)) return `[${value.map(written).join(' ')}]`;
    return typeof value === 'string' ? value : JSON.stringify(value);
  };
  return Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, written(value)]));
}
