import { randomUUID } from 'node:crypto';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

import { portsOn } from '../../lambdas/institutions/deployed-ports.ts';
import { tokenFor } from '../../lambdas/institutions/member-operations.ts';
import type { ClientIssuer, ClientPorts, NewSecret } from '../../lambdas/institutions/ports.ts';
import { SingleTable } from '../../lambdas/shared/dynamo/single-table.ts';
import { type Hub, startHub } from '../../lib/local/hub.ts';

/** Onboarding in this process, on a real engine, with an issuer that can be looked into and processes that can be killed. */

/** The process that was doing it is gone: nothing it calls is done any more. */
export class Killed extends Error {}

/** At which of its calls a process dies, and whether that call is done. */
export interface Death {
  readonly at: number;
  readonly when: 'before' | 'after';
}

/** The issuer's side: what is there, by client. */
class Issuer implements ClientIssuer {
  readonly clients = new Map<string, { readonly name: string; secrets: NewSecret[] }>();
  #secrets = 0;

  #newSecret(): NewSecret {
    this.#secrets += 1;
    return { id: `secret-${String(this.#secrets).padStart(6, '0')}`, secret: randomUUID() };
  }

  async create(name: string): Promise<NewSecret> {
    const id = randomUUID().replaceAll('-', '').slice(0, 26);
    const made = this.#newSecret();
    this.clients.set(id, { name, secrets: [made] });
    return { id, secret: made.secret };
  }

  async named(name: string): Promise<readonly string[]> {
    return [...this.clients].filter(([, client]) => client.name === name).map(([id]) => id);
  }

  async remove(id: string): Promise<void> {
    this.clients.delete(id);
  }

  async secretsOf(id: string): Promise<readonly string[]> {
    return this.clients.get(id)?.secrets.map((secret) => secret.id) ?? [];
  }

  async addSecret(id: string): Promise<NewSecret> {
    const made = this.#newSecret();
    const { secrets } = this.clients.get(id)!;
    if (secrets.length > 1) throw new Error('Cognito keeps two secrets');
    secrets.push(made);
    return made;
  }

  async removeSecret(id: string, secretId: string): Promise<void> {
    const client = this.clients.get(id)!;
    client.secrets = client.secrets.filter((secret) => secret.id !== secretId);
    if (client.secrets.length === 0) throw new Error('Cognito keeps the last secret');
  }
}

export class OnboardingScene {
  readonly issuer = new Issuer();
  readonly #hub: Hub;
  readonly #client: DynamoDBClient;
  readonly #table: SingleTable;
  readonly #ports: ReturnType<typeof portsOn>;
  #now = Date.now();

  private constructor(hub: Hub) {
    this.#hub = hub;
    this.#client = new DynamoDBClient({
      endpoint: hub.dynamodbEndpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const documents = DynamoDBDocumentClient.from(this.#client, { marshallOptions: { removeUndefinedValues: true } });
    this.#table = new SingleTable(documents, hub.tableName('Institutions'));
    this.#ports = portsOn(this.#table);
  }

  static async open(): Promise<OnboardingScene> {
    return new OnboardingScene(await startHub({ jobs: false }));
  }

  async close(): Promise<void> {
    this.#client.destroy();
    await this.#hub.stop();
  }

  /** What a process that was broken off held up is free again. */
  wait(): void {
    this.#now += 16_000;
  }

  /** As if nobody had ever administered the Hub. */
  async forgetAdmins(): Promise<void> {
    await this.#table.remove({ pk: 'STEWARDS', sk: 'HUB' });
  }

  async institution(): Promise<string> {
    const id = randomUUID();
    const place = { name: { en: 'Centre' }, city: { en: 'Minsk' }, country: 'BY', timeZone: 'Europe/Minsk' };
    await this.#hub.invoke('InstitutionsRegister', {
      institutions: [{ id, kind: 'hospital', services: [], ...place }],
    });
    return id;
  }

  /** The ports of a process. @param death when it is killed; never unless given */
  process(death?: Death): { readonly ports: ClientPorts; readonly calls: () => number } {
    let calls = 0;
    const mortal = <T extends object>(target: T): T =>
      new Proxy(target, {
        get: (object, name) => {
          const value: unknown = Reflect.get(object, name);
          if (typeof value !== 'function') return typeof value === 'object' && value !== null ? mortal(value) : value;
          return async (...args: unknown[]): Promise<unknown> => {
            calls += 1;
            if (death !== undefined && (calls > death.at || (calls === death.at && death.when === 'before'))) {
              throw new Killed();
            }
            const result: unknown = await Reflect.apply(value, object, args);
            if (calls === death?.at) throw new Killed();
            return result;
          };
        },
      });
    const { institutions, members } = this.#ports;
    const ports = {
      institutions: mortal(institutions),
      members: mortal(members),
      issuer: mortal(this.issuer as ClientIssuer),
      now: () => new Date(this.#now),
      newId: randomUUID,
    };
    return { ports, calls: () => calls };
  }

  /** Ids of clients that the issuer knows. */
  get made(): string[] {
    return [...this.issuer.clients.keys()];
  }

  /** Those of them that get tokens. */
  async working(): Promise<string[]> {
    const { ports } = this.process();
    const contents = await Promise.all(this.made.map((id) => tokenFor(ports, { kind: 'client', id })));
    return this.made.filter((_, index) => contents[index] !== undefined);
  }
}
