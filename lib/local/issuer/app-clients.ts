import { randomBytes } from 'node:crypto';

import * as z from 'zod/mini';

import type { Store } from '../store.ts';
import { sameSecret } from './accounts.ts';

/** How many secrets Cognito keeps for a client. */
const MAX_SECRETS = 2;

const AppClient = z.object({
  name: z.string(),
  scopes: z.array(z.string()),
  secrets: z.array(z.object({ id: z.string(), value: z.string(), createdAt: z.number() })),
});
type AppClient = z.infer<typeof AppClient>;
const AppClients = z.record(z.string(), AppClient);
const DOCUMENT = 'app-clients';

/** Cognito's own words for what it refuses. */
export class AppClientRefusal extends Error {
  readonly code: 'ResourceNotFoundException' | 'LimitExceededException' | 'InvalidParameterException';

  constructor(code: AppClientRefusal['code'], message: string) {
    super(message);
    this.code = code;
  }
}

interface Secret {
  readonly id: string;
  readonly value: string;
  readonly createdAt: number;
}

/** The app clients of the user pool that were made while it runs; they survive a restart where the store does. */
export class AppClientBook {
  readonly #store: Store;
  readonly #clients: Map<string, AppClient>;

  constructor(store: Store) {
    this.#store = store;
    this.#clients = new Map(Object.entries(store.read(DOCUMENT, AppClients) ?? {}));
  }

  create(name: string, scopes: readonly string[]): { readonly id: string; readonly secret: Secret } {
    // As long as Cognito's, of the same letters.
    const id = BigInt(`0x${randomBytes(17).toString('hex')}`)
      .toString(36)
      .padStart(26, '0')
      .slice(0, 26);
    const secret = newSecret(id);
    this.#clients.set(id, { name, scopes: [...scopes], secrets: [secret] });
    this.#save();
    return { id, secret };
  }

  list(): readonly { readonly id: string; readonly name: string }[] {
    return [...this.#clients].map(([id, { name }]) => ({ id, name }));
  }

  remove(id: string): void {
    this.#get(id);
    this.#clients.delete(id);
    this.#save();
  }

  secretsOf(id: string): readonly Secret[] {
    return this.#get(id).secrets;
  }

  addSecret(id: string): Secret {
    const { secrets } = this.#get(id);
    if (secrets.length >= MAX_SECRETS) {
      throw new AppClientRefusal('LimitExceededException', 'The app client has two secrets already.');
    }
    const secret = newSecret(id);
    secrets.push(secret);
    this.#save();
    return secret;
  }

  removeSecret(id: string, secretId: string): void {
    const client = this.#get(id);
    const left = client.secrets.filter((secret) => secret.id !== secretId);
    if (left.length === client.secrets.length) {
      throw new AppClientRefusal('ResourceNotFoundException', 'The app client has no such secret.');
    }
    if (left.length === 0) {
      throw new AppClientRefusal('InvalidParameterException', 'The last secret of an app client cannot be deleted.');
    }
    client.secrets = left;
    this.#save();
  }

  /** The client's scopes, when the secret is one of its secrets. */
  authenticate(id: string, secret: string): readonly string[] | undefined {
    const client = this.#clients.get(id);
    return client?.secrets.some(({ value }) => sameSecret(value, secret)) === true ? client.scopes : undefined;
  }

  #get(id: string): AppClient {
    const client = this.#clients.get(id);
    if (client === undefined) throw new AppClientRefusal('ResourceNotFoundException', 'There is no such app client.');
    return client;
  }

  #save(): void {
    this.#store.write(DOCUMENT, Object.fromEntries(this.#clients));
  }
}

let lastSecret = 0;

function newSecret(clientId: string): Secret {
  // Later than every other one, also within a millisecond: the order of secrets is what rotation goes by.
  lastSecret = Math.max(lastSecret + 1, Date.now());
  return {
    id: `${clientId}--${String(lastSecret)}`,
    value: randomBytes(38).toString('base64url'),
    createdAt: lastSecret,
  };
}
