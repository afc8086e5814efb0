import type { Construct } from 'constructs';

import type { StageConfig } from '../stage-config.ts';

/** Whose access tokens the API takes. */
export interface TrustedIssuer {
  readonly url: string;
  /** What its tokens must be for, in `aud` or, without that, `client_id`. */
  readonly audience: readonly string[];
}

/**
 * The issuer that the API trusts: the stage's user pool, unless the context names another OpenID Connect issuer for it
 * (`-c issuer=<url> -c issuerAudience=<audience>`), as the tests of a deployment do to have tokens of any institution.
 * @throws Error when half of the two is given, or when they are given for `prod`
 */
export function trustedIssuer(scope: Construct, { stage }: StageConfig, userPool: TrustedIssuer): TrustedIssuer {
  const url: unknown = scope.node.tryGetContext('issuer');
  const audience: unknown = scope.node.tryGetContext('issuerAudience');
  if (url === undefined && audience === undefined) return userPool;
  if (stage === 'prod')
    throw new Error('prod trusts its own user pool only: leave out -c issuer and -c issuerAudience.');
  if (typeof url !== 'string' || typeof audience !== 'string') {
    throw new Error('Write both -c issuer=<url> and -c issuerAudience=<audience>, or neither.');
  }
  return { url, audience: [audience] };
}
