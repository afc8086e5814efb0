import { randomUUID } from 'node:crypto';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { uuidv7 } from 'uuidv7';
import * as z from 'zod/mini';

import { eventsRoutes } from '../../lambdas/events/contract.ts';
import { quotaRoutes } from '../../lambdas/quotas/contract.ts';
import { type Hub, startHub } from '../../lib/local/hub.ts';
import { CapacityMeter } from '../capacity/meter.ts';
import { type EventFacts, gatewayEvent, type Sender } from './events.ts';
import type { EventTarget, GrantFacts } from './requests.ts';
import type { Setting } from './setting.ts';

/** A function's answer to an HTTP request. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const Result = z.looseObject({ statusCode: z.int(), body: z.string() });
const Body = z.record(z.string(), z.unknown());
const Identified = z.looseObject({ id: z.string() });

/** A hub of its own with an empty database, whose functions are asked as the gateway would ask them. */
export class Scene {
  readonly hub: Hub;
  readonly #log: { readonly bytes: number };
  readonly #meter: CapacityMeter | undefined;

  private constructor(hub: Hub, meter: CapacityMeter | undefined, log: { readonly bytes: number }) {
    this.#log = log;
    this.hub = hub;
    this.#meter = meter;
  }

  /** @param metered whether the functions reach their database through a meter, which makes them slow */
  static async open(setting: Setting, { metered }: { readonly metered: boolean }): Promise<Scene> {
    let meter: CapacityMeter | undefined;
    const log = { bytes: 0 };
    const hub = await startHub({
      assembly: setting.dir,
      jobs: false,
      onLog: (line) => {
        log.bytes += Buffer.byteLength(line) + 1;
      },
      ...(metered && {
        interposeDynamodb: async (endpoint) => {
          meter = await CapacityMeter.start(endpoint);
          return meter.url;
        },
      }),
    });
    return new Scene(hub, meter, log);
  }

  /** Bytes that functions have logged. */
  get logged(): number {
    return this.#log.bytes;
  }

  /** @throws Error when the scene was opened without one */
  get meter(): CapacityMeter {
    if (this.#meter === undefined) throw new Error('This scene has no meter');
    return this.#meter;
  }

  async close(): Promise<void> {
    await this.hub.stop();
    await this.#meter?.stop();
  }

  async ask(functionPrefix: string, facts: EventFacts): Promise<Answer> {
    const { statusCode, body } = Result.parse(await this.hub.invoke(functionPrefix, gatewayEvent(facts)));
    return { status: statusCode, body: Body.parse(JSON.parse(body)) };
  }

  /** Uses the database past the functions. */
  async withDatabase(use: (documents: DynamoDBDocumentClient) => Promise<void>): Promise<void> {
    const client = new DynamoDBClient({
      endpoint: this.hub.dynamodbEndpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    });
    await use(DynamoDBDocumentClient.from(client));
    client.destroy();
  }

  /** Puts items past the functions. @param table start of its logical id */
  async put(table: string, items: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    await this.withDatabase(async (documents) => {
      for (const Item of items) await documents.send(new PutCommand({ TableName: this.hub.tableName(table), Item }));
    });
  }

  /** @returns the new resource's id. @throws Error with the refusal */
  async create(facts: EventFacts, functionPrefix = 'QuotasHttp'): Promise<string> {
    const { status, body } = await this.ask(functionPrefix, { idempotencyKey: randomUUID(), ...facts });
    if (status !== 201) throw new Error(`${facts.route.operationId}: ${String(status)} ${JSON.stringify(body)}`);
    return Identified.parse(body).id;
  }

  /** Registers an institution and tells the contexts that are measured, as the streams would. */
  async partner(): Promise<Sender> {
    const institutionId = uuidv7();
    const place = { name: { en: 'Cancer centre' }, city: { en: 'Minsk' }, country: 'BY', timeZone: 'Europe/Minsk' };
    const institution = { id: institutionId, kind: 'cancer-centre', services: ['radiotherapy'], ...place };
    await this.hub.invoke('InstitutionsRegister', { institutions: [institution] });
    const NewImage = {
      ...{ pk: { S: `PARTNER#${institutionId}` }, sk: { S: 'PARTNER' } },
      ...{ status: { S: 'active' }, version: { N: '1' } },
    };
    for (const following of ['QuotasFollowing', 'EventsFollowing']) {
      await this.hub.invoke(following, { Records: [{ eventName: 'INSERT', dynamodb: { NewImage } }] });
    }
    return { institutionId };
  }

  async pool(provider: Sender, capacity: number): Promise<string> {
    const period = { start: '2020-01-01', end: '2099-12-31', timeZone: 'Europe/Minsk' };
    const body = {
      service: 'proton-therapy',
      period,
      capacity,
      name: { en: 'Proton therapy', ru: 'Протонная терапия' },
    };
    return this.create({ route: quotaRoutes.createPool, sender: provider, body });
  }

  /** A grant between two institutions nobody else has to do with. */
  async grant(nominal: number): Promise<GrantFacts> {
    const [provider, beneficiary] = [await this.partner(), await this.partner()];
    const poolId = await this.pool(provider, nominal);
    const body = { beneficiaryId: beneficiary.institutionId, nominal };
    const grantId = await this.create({ route: quotaRoutes.createGrant, sender: provider, params: { poolId }, body });
    return { poolId, grantId, provider, beneficiary };
  }

  /** A public congress with places online, for whose registration the window is open. */
  async event(capacity: number): Promise<EventTarget> {
    const [organiser, guest] = [await this.partner(), await this.partner()];
    const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
    const body = {
      ...{
        kind: 'congress',
        title: { en: 'Congress', ru: 'Съезд' },
        languages: ['ru', 'en'],
        timeZone: 'Europe/Minsk',
      },
      ...{ starts: `${day(30)}T09:00`, ends: `${day(33)}T18:00`, visibility: 'public', publish: true },
      ...{ places: { online: { capacity } }, registration: { from: day(-2), to: day(20) } },
    };
    const eventId = await this.create({ route: eventsRoutes.createEvent, sender: organiser, body }, 'EventsHttp');
    return { eventId, organiser, guest };
  }
}
