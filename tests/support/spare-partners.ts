import { setTimeout as sleep } from 'node:timers/promises';

import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';

/** A partner to register, of whom nobody has heard yet. */
export const aHospital = () => ({
  id: crypto.randomUUID(),
  kind: 'hospital',
  name: { en: 'A hospital of the tests' },
  city: { en: 'Minsk' },
  country: 'BY',
  timeZone: 'Europe/Minsk',
  services: [],
});

/** Registers partners, and resolves when every context knows them. */
export type Register = (partners: readonly { readonly id: string }[]) => Promise<void>;

const AT_ONCE = 50;
/** How many are kept ready. */
const READY = 200;
/** Milliseconds. */
const KNOWN_WITHIN = 120_000;

/**
 * Active partners beside those of the demonstration, for tests that want nobody else's data in their lists. They are
 * registered while tests run, ahead of those that will ask: nobody waits for a thousand of them at the beginning.
 */
export class SparePartners {
  readonly #register: Register;
  readonly #ready: string[] = [];
  #registering: Promise<void> | undefined;

  constructor(register: Register) {
    this.#register = register;
  }

  /** @returns id of a partner that no test has had yet */
  readonly take = async (): Promise<string> => {
    for (;;) {
      const registering = this.#fill();
      const id = this.#ready.shift();
      if (id === undefined) await registering;
      else {
        // Whoever finds none hears of it.
        registering.catch(() => undefined);
        return id;
      }
    }
  };

  #fill(): Promise<void> {
    if (this.#ready.length >= READY) return Promise.resolve();
    this.#registering ??= this.#more().finally(() => {
      this.#registering = undefined;
    });
    return this.#registering;
  }

  async #more(): Promise<void> {
    const partners = Array.from({ length: AT_ONCE }, aHospital);
    await this.#register(partners);
    this.#ready.push(...partners.map(({ id }) => id));
  }
}

/** @param tables names of those in which contexts note who is a partner */
export function registering(
  invoke: (lambda: string, event: unknown) => Promise<unknown>,
  client: DynamoDBClient,
  tables: readonly string[],
): Register {
  const isKnown = async (TableName: string, id: string): Promise<boolean> => {
    const Key = { pk: { S: `PARTNER#${id}` }, sk: { S: 'PARTNER' } };
    return (await client.send(new GetItemCommand({ TableName, Key }))).Item !== undefined;
  };
  return async (institutions) => {
    await invoke('InstitutionsRegister', { institutions });
    const patience = AbortSignal.timeout(KNOWN_WITHIN);
    for (const table of tables) {
      // The last one first: when it is known, the others mostly are, too.
      for (const { id } of institutions.toReversed()) {
        while (!(await isKnown(table, id))) {
          if (patience.aborted) throw new Error(`${table} has not heard of a partner that is registered.`);
          await sleep(50);
        }
      }
    }
  };
}
