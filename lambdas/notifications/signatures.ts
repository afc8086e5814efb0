import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

import type { SigningKey } from './webhook-model.ts';

/**
 * Signatures as Standard Webhooks have them: `v1` is HMAC-SHA256, `v1a` is Ed25519.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
 */

/** The specification wants 24 to 64. */
const SECRET_BYTES = 32;
/** What comes before the 32 bytes of a seed in PKCS #8 (RFC 8410), and of a public key in SPKI. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_HEAD_BYTES = 12;

export interface NewKey {
  /** What is kept. */
  readonly secret: string;
  /** What is shown once, for `hmac-sha256`. */
  readonly shown?: string;
  /** What is shown always, for `ed25519`. */
  readonly publicKey?: string;
}

export function newKey(signature: SigningKey['signature']): NewKey {
  if (signature === 'hmac-sha256') {
    const secret = randomBytes(SECRET_BYTES).toString('base64');
    return { secret, shown: `whsec_${secret}` };
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  const seed = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(PKCS8_HEAD.length);
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    secret: seed.toString('base64'),
    publicKey: `whpk_${spki.subarray(SPKI_HEAD_BYTES).toString('base64')}`,
  };
}

/**
 * @param id of the message @param at when it is sent
 * @param keys each of which signs, the newest first
 */
export function signedHeaders(id: string, at: Date, body: string, keys: readonly SigningKey[]): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const content = `${id}.${timestamp}.${body}`;
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': keys.map((key) => signatureOf(content, key)).join(' '),
  };
}

function signatureOf(content: string, { signature, secret }: SigningKey): string {
  const key = Buffer.from(secret, 'base64');
  if (signature === 'hmac-sha256') return `v1,${createHmac('sha256', key).update(content).digest('base64')}`;
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, key]), format: 'der', type: 'pkcs8' });
  return `v1a,${sign(null, Buffer.from(content), privateKey).toString('base64')}`;
}
