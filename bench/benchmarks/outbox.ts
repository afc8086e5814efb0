import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

import * as z from 'zod/mini';

import { listen } from '../../lib/local/gateway/listen.ts';
import { startHub } from '../../lib/local/hub.ts';
import type { Benchmark } from '../benchmark.ts';
import { rounded } from '../statistics.ts';

const CHANGES = 200;
const AT_ONCE = 10;
/** Milliseconds. */
const WITHIN = 120_000;

const Event = z.looseObject({ data: z.looseObject({ id: z.string(), action: z.string() }) });
const Identified = z.looseObject({ id: z.string() });

/** Notes when each booking's first event comes. */
async function receiver() {
  const arrived = new Map<string, number>();
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      const { id, action } = Event.parse(body).data;
      if (action === 'hold' && !arrived.has(id)) arrived.set(id, performance.now());
      response.writeHead(204).end();
    });
  });
  const url = await listen(server, 0);
  return { arrived, url: `${url}/hook`, close: () => server.close() };
}

export const outboxBenchmark: Benchmark = {
  name: 'outbox',
  description: `from ${String(CHANGES)} bookings, ${String(AT_ONCE)} at once, to a webhook's receiver`,
  run: async ({ setting, error }) => {
    const receiving = await receiver();
    const hub = await startHub({ assembly: setting.dir });
    const call = async (institution: string, path: string, body: object): Promise<string> => {
      const token = await hub.token({ institution, role: 'coordinator' });
      const response = await fetch(hub.url + path, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': randomUUID(),
        },
        body: JSON.stringify(body),
      });
      const answer: unknown = await response.json();
      if (response.status !== 201) throw new Error(`${path}: ${JSON.stringify(answer)}`);
      return Identified.parse(answer).id;
    };
    try {
      const institution = (id: string) => ({
        ...{ id, kind: 'cancer-centre', services: ['radiotherapy'], country: 'BY', timeZone: 'Europe/Minsk' },
        ...{ name: { en: 'Cancer centre' }, city: { en: 'Minsk' } },
      });
      const [provider, beneficiary] = [randomUUID(), randomUUID()];
      await hub.invoke('InstitutionsRegister', { institutions: [institution(provider), institution(beneficiary)] });
      await hub.drainStreams();
      const period = { start: '2020-01-01', end: '2099-12-31', timeZone: 'Europe/Minsk' };
      const pool = { service: 'proton-therapy', period, capacity: CHANGES, name: { en: 'Proton therapy' } };
      const poolId = await call(provider, '/v1/pools', pool);
      const grant = { beneficiaryId: beneficiary, nominal: CHANGES };
      const grantId = await call(provider, `/v1/pools/${poolId}/grants`, grant);
      await call(beneficiary, '/v1/webhooks', { url: receiving.url });
      await hub.drainStreams();

      const committed = new Map<string, number>();
      const began = performance.now();
      let next = 0;
      const book = async (): Promise<void> => {
        while (next < CHANGES) {
          next += 1;
          const patient = `MSK-${String(next).padStart(6, '0')}`;
          const body = { patient, ageBand: '0-17', diagnosis: 'C71.6' };
          committed.set(await call(beneficiary, `/v1/grants/${grantId}/bookings`, body), performance.now());
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, book));
      await hub.drainStreams(WITHIN);

      const lags = [...committed].flatMap(([id, at]) => (receiving.arrived.get(id) ?? Number.NaN) - at);
      const missing = lags.filter(Number.isNaN).length;
      if (missing > 0) error(`${String(missing)} events have not come`);
      const sorted = lags.filter((lag) => !Number.isNaN(lag)).toSorted((a, b) => a - b);
      const seconds = (Math.max(...receiving.arrived.values()) - began) / 1000;
      return {
        outbox: {
          changes: CHANGES,
          perSecond: Math.round(CHANGES / seconds),
          lagP50Ms: rounded(sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, 0),
          lagP95Ms: rounded(sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN, 0),
        },
      };
    } finally {
      await hub.stop();
      receiving.close();
    }
  },
};
