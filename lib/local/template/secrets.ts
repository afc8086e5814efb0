import { randomInt } from 'node:crypto';

import * as z from 'zod/mini';

import type { Store } from '../store.ts';
import type { Template } from './template.ts';

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const SecretProperties = z.looseObject({
  GenerateSecretString: z.optional(z.looseObject({ PasswordLength: z.optional(z.number()) })),
});

/**
 * The secrets that the template has Secrets Manager generate, made once and kept, so that what was signed with them
 * stays valid after a restart.
 * @returns a lookup by ARN or logical id, which throws an Error for an unknown one
 */
export function openSecrets(template: Template, store: Store): (secretId: string) => string {
  const kept = store.read('secrets', z.record(z.string(), z.string())) ?? {};
  const resources = template.ofType('AWS::SecretsManager::Secret');
  const missing = resources.filter(({ logicalId }) => kept[logicalId] === undefined);
  for (const { logicalId, properties } of missing) {
    const length = SecretProperties.parse(properties).GenerateSecretString?.PasswordLength ?? 32;
    kept[logicalId] = Array.from({ length }, () => ALPHANUMERIC[randomInt(ALPHANUMERIC.length)]).join('');
  }
  if (missing.length > 0) store.write('secrets', kept);
  return (secretId) => {
    const value = kept[secretId.slice(secretId.lastIndexOf(':') + 1)];
    if (value === undefined) throw new Error(`The template declares no secret ${secretId}.`);
    return value;
  };
}
