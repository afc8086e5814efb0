import { createHmac } from 'node:crypto';

import { canonical } from '../shared/canonical.ts';
import type { Seal } from '../shared/chain/change.ts';

/**
 * Makes keyed hashes: HMAC-SHA-256 of a value as JSON by RFC 8785, its first 128 bits in base64url. Whoever has the key and
 * a guess can tell whether it is right; without the key there is nothing to try.
 */
export function sealedWith(key: string): Seal {
  if (key.length < 32) throw new Error('SEAL_KEY must have at least 32 characters');
  return (value) => createHmac('sha256', key).update(canonical(value)).digest('base64url').slice(0, 22);
}
