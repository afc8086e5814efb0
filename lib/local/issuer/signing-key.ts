import type { webcrypto } from 'node:crypto';

import { exportJWK, exportPKCS8, generateKeyPair, importPKCS8, type JWK } from 'jose';
import * as z from 'zod/mini';

import type { Store } from '../store.ts';

const ALGORITHM = 'RS256';

/** The issuer's key pair. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: webcrypto.CryptoKey;
  /** Public part, as published in the key set. */
  readonly publicJwk: JWK;
}

const KeptKey = z.object({ pkcs8: z.string(), publicJwk: z.looseObject({ kid: z.string(), kty: z.string() }) });

/** The key of the last start, or a new one: tokens stay valid across restarts. */
export async function openSigningKey(store: Store): Promise<SigningKey> {
  const kept = store.read('issuer-key', KeptKey);
  if (kept !== undefined) {
    const { pkcs8, publicJwk } = kept;
    return { kid: publicJwk.kid, privateKey: await importPKCS8(pkcs8, ALGORITHM), publicJwk };
  }
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const kid = `local-${String(Date.now())}`;
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg: ALGORITHM, use: 'sig' };
  store.write('issuer-key', { pkcs8: await exportPKCS8(privateKey), publicJwk });
  return { kid, privateKey, publicJwk };
}
