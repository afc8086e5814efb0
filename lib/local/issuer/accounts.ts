import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

import * as z from 'zod/mini';

import { ROLES, type Role, type Scope, scopesOf } from '../../../lambdas/shared/auth/vocabulary.ts';
import type { Store } from '../store.ts';

/**
 * A demo account: stands for a person of one institution with one role who signed in by people’s client, so that a demo
 * needs no browser.
 */
export interface Account {
  /** `<alias>.<role>` */
  readonly clientId: string;
  readonly institutionId: string;
  readonly role: Role;
  readonly scopes: readonly Scope[];
}

export interface AccountBook {
  readonly accounts: readonly Account[];
  /** The account, when the secret is the client's. */
  authenticate(clientId: string, secret: string): Account | undefined;
}

/** Name of the stored document: client id → secret. */
export const CLIENT_SECRETS = 'clients';
export const ClientSecrets = z.record(z.string(), z.string());

/** One account per institution and role, with secrets made at the first start and kept. */
export function openAccounts(
  institutions: readonly { readonly alias: string; readonly id: string }[],
  store: Store,
): AccountBook {
  const accounts = new Map(
    institutions.flatMap(({ alias, id }) =>
      ROLES.map((role): [string, Account] => {
        const clientId = `${alias}.${role}`;
        return [clientId, { clientId, institutionId: id, role, scopes: scopesOf([role]) }];
      }),
    ),
  );
  const secrets = new Map(Object.entries(store.read(CLIENT_SECRETS, ClientSecrets) ?? {}));
  const missing = [...accounts.keys()].filter((clientId) => !secrets.has(clientId));
  for (const clientId of missing) secrets.set(clientId, randomBytes(24).toString('base64url'));
  if (missing.length > 0) store.write(CLIENT_SECRETS, Object.fromEntries(secrets));

  return {
    accounts: [...accounts.values()],
    authenticate: (clientId, secret) => {
      const account = accounts.get(clientId);
      const expected = secrets.get(clientId);
      if (account === undefined || expected === undefined) return undefined;
      return sameSecret(expected, secret) ? account : undefined;
    },
  };
}

/** Compares in the same time, whatever is the same. */
export function sameSecret(expected: string, given: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
