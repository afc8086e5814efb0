import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

import { calculateJwkThumbprint, type JWK, SignJWT } from 'jose';

import type { Issuer } from './open-badge.ts';

/** The key that credentials are signed with: Ed25519, made of a secret, so that it is the same wherever that is known. */

/** What comes before the seed of an Ed25519 key in PKCS #8. @see RFC 8410, section 7 */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A key that verifies what was signed, with the name it is known by. */
export interface PublicKey {
  readonly kid: string;
  readonly jwk: JWK;
}

export class SigningKey {
  readonly public: PublicKey;
  readonly #private: KeyObject;

  private constructor(key: KeyObject, publicKey: PublicKey) {
    this.#private = key;
    this.public = publicKey;
  }

  static async of(secret: string): Promise<SigningKey> {
    const seed = createHash('sha256').update(secret).digest();
    const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
    const { kty = '', crv = '', x = '' } = createPublicKey(key).export({ format: 'jwk' });
    const jwk = { kty, crv, x };
    return new SigningKey(key, { kid: await calculateJwkThumbprint(jwk), jwk });
  }

  /**
   * Signs a credential as a JWT whose claims it is, with those that JWTs have for the same.
   * @param typ `JWT` for Open Badges, which allow no other; what the W3C has for the rest
   * @see Open Badges 3.0, section 8.2; Securing Verifiable Credentials using JOSE and COSE (W3C)
   */
  sign(
    { did }: Issuer,
    credential: {
      readonly id: string;
      readonly validFrom: string;
      readonly credentialSubject: { readonly id: string };
    },
    typ: 'JWT' | 'vc+jwt',
  ): Promise<string> {
    return new SignJWT({ ...credential })
      .setProtectedHeader({ alg: 'EdDSA', typ, kid: methodId(did, this.public.kid) })
      .setIssuer(did)
      .setJti(credential.id)
      .setSubject(credential.credentialSubject.id)
      .setNotBefore(new Date(credential.validFrom))
      .sign(this.#private);
  }
}

const methodId = (did: string, kid: string): string => `${did}#${kid}`;

/** The issuer's keys, for everybody. @see Decentralized Identifiers 1.0 (W3C) */
export function didDocument({ did }: Issuer, keys: readonly PublicKey[]) {
  const verificationMethod = keys.map(({ kid, jwk }) => ({
    id: methodId(did, kid),
    type: 'JsonWebKey2020',
    controller: did,
    publicKeyJwk: { ...jwk, kid, alg: 'EdDSA' },
  }));
  const ids = verificationMethod.map(({ id }) => id);
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/suites/jws-2020/v1'],
    id: did,
    verificationMethod,
    authentication: ids,
    assertionMethod: ids,
  };
}
