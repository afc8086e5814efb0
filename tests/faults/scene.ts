import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { uuidv7 } from 'uuidv7';

import type { Account } from '../../lambdas/shared/capacity/account.ts';
import { type Hub, type HubOptions, startHub } from '../../lib/local/hub.ts';
import { World } from '../properties/world.ts';
import { startQuietHub } from '../support/quiet-hub.ts';
import { FaultProxy } from './fault-proxy.ts';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly replayed: boolean;
}

export interface Grant {
  readonly id: string;
  readonly beneficiary: string;
}

/** A hub whose functions reach their database only through a proxy that makes faults; the test itself does not. */
export class Scene {
  readonly hub: Hub;
  readonly proxy: FaultProxy;
  readonly world: World;
  readonly #tokens = new Map<string, Promise<string>>();

  private constructor(hub: Hub, proxy: FaultProxy) {
    this.hub = hub;
    this.proxy = proxy;
    this.world = new World(hub);
  }

  static async open(options: HubOptions = { jobs: true }): Promise<Scene> {
    let proxy: FaultProxy | undefined;
    const start = options.jobs === true ? startHub : startQuietHub;
    const hub = await start({
      ...options,
      interposeDynamodb: async (endpoint) => {
        proxy = await FaultProxy.start(endpoint);
        return proxy.url;
      },
    });
    if (proxy === undefined) throw new Error('The hub asked for no proxy');
    return new Scene(hub, proxy);
  }

  async close(): Promise<void> {
    this.world.close();
    await this.hub.stop();
    await this.proxy.stop();
  }

  async send(institution: string, path: string, body?: unknown, key: string = randomUUID()): Promise<Answer> {
    const token = this.#tokens.get(institution) ?? this.hub.token({ institution, role: 'coordinator' });
    this.#tokens.set(institution, token);
    const response = await fetch(this.hub.url + path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await token}`,
        'idempotency-key': key,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      replayed: response.headers.get('idempotency-replayed') === 'true',
    };
  }

  /** Sends a request as a client does: again with the same key, until it is answered for good. */
  async insist(institution: string, path: string, body?: unknown, key: string = randomUUID()): Promise<Answer> {
    for (let attempt = 0; attempt < 60; attempt++) {
      const answer = await this.send(institution, path, body, key);
      if (answer.status < 500) return answer;
      await sleep(attempt * 20 * Math.random());
    }
    throw new Error(`No answer to ${path}`);
  }

  /** A grant for a partner that has no other: what it holds elsewhere costs a booking a look each. */
  async grant(nominal: number): Promise<Grant> {
    const [provider, beneficiary] = [uuidv7(), uuidv7()];
    await this.world.activate(provider, beneficiary);
    const period = { start: '2026-01-01', end: '2099-12-31', timeZone: 'Europe/Ulyanovsk' };
    const pool = await this.insist(provider, '/v1/pools', {
      service: 'proton-therapy',
      period,
      capacity: nominal,
    });
    const path = `/v1/pools/${String(pool.body['id'])}/grants`;
    const grant = await this.insist(provider, path, { beneficiaryId: beneficiary, nominal });
    return { id: String(grant.body['id']), beneficiary };
  }

  /** What the database says about a grant, read past the proxy. */
  async stateOf(grantId: string) {
    const found = await this.world.quotas.getGrant(grantId, { consistent: true });
    const account: Account = found?.account ?? [];
    const { bookings } = await this.world.quotas.listBookings(grantId, 2000);
    const counting = bookings.filter(
      ({ status, unitForfeited }) =>
        ['offered', 'held', 'booked', 'in-treatment', 'fulfilled'].includes(status) || unitForfeited === true,
    );
    return {
      committed: account.reduce((sum, { committed }) => sum + committed, 0),
      holders: account.flatMap(({ holders }) => holders.map(({ id }) => id)).toSorted(),
      bookings: counting.map(({ id }) => id).toSorted(),
      statuses: bookings.map(({ status }) => status).toSorted(),
    };
  }
}

let patients = 0;

/** A booking's body for a patient nobody has seen. */
export function newPatient() {
  patients += 1;
  return { patient: `T-${String(patients)}`, ageBand: '0-17', diagnosis: 'C71.6' };
}
