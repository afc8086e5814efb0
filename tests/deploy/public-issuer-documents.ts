interface UrlEvent {
  readonly rawPath: string;
  readonly requestContext: { readonly domainName: string };
}

/**
 * Answers a request for one of an issuer's documents [OpenID Connect Discovery 1.0, section 4]. It is sent to Lambda as it
 * stands here, so it uses nothing but what it is given.
 * @param jwk the public key, as JSON
 */
export function documentAt({ rawPath, requestContext }: UrlEvent, jwk: string | undefined) {
  const issuer = `https://${requestContext.domainName}`;
  const documents = new Map<string, unknown>([
    [
      '/.well-known/openid-configuration',
      {
        issuer,
        jwks_uri: `${issuer}/.well-known/jwks.json`,
        response_types_supported: [],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      },
    ],
    ['/.well-known/jwks.json', { keys: [JSON.parse(jwk ?? '{}')] }],
  ]);
  const document = documents.get(rawPath);
  if (document === undefined) return { statusCode: 404 };
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(document) };
}
