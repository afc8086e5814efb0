import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

import { quotaRoutes } from '../../lambdas/quotas/contract.ts';
import { accountKey } from '../../lambdas/quotas/keys.ts';
import { deriveId } from '../../lambdas/shared/capacity/holder.ts';
import type { Benchmark } from '../benchmark.ts';
import type { Tally } from '../capacity/meter.ts';
import { bookingFor } from '../setting/requests.ts';
import { Scene } from '../setting/scene.ts';
import { rounded } from '../statistics.ts';

const LINES = [10, 10_000];
const BATCH = 25;

/** Lengthens a line to `length` behind those who wait already, without going through the meter. */
async function lengthen(scene: Scene, grantId: string, length: number): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: scene.hub.dynamodbEndpoint, region: 'eu-central-1', credentials }),
  );
  const pk = `LINE#${accountKey(grantId).pk}`;
  const table = scene.hub.tableName('Quotas');
  for (let from = 0; from < length; from += BATCH) {
    const places = Array.from({ length: Math.min(BATCH, length - from) }, (_, index) => {
      const id = deriveId(grantId, String(from + index));
      const rank = '4#0#9999-12-31#2026-01-01T00:00:00.000Z';
      return { PutRequest: { Item: { pk, sk: `OTHERS#${rank}#${id}`, id, rank, reserve: false } } };
    });
    await client.send(new BatchWriteCommand({ RequestItems: { [table]: places } }));
  }
  client.destroy();
}

/** Somebody gives a unit back while `length` wait. @returns what that costs, with the offer to the first */
async function promotion(scene: Scene, length: number): Promise<Tally> {
  const grant = await scene.grant(1);
  const taken = await scene.create(bookingFor(grant));
  const request = bookingFor(grant);
  const first = await scene.create({ ...request, body: { ...Object(request.body), joinWaitlist: true } });
  await lengthen(scene, grant.grantId, length - 1);
  const sender = grant.beneficiary;
  const tally = await scene.meter.measure(async () => {
    await scene.ask('QuotasHttp', { route: quotaRoutes.releaseBooking, sender, params: { bookingId: taken } });
  });
  const { body } = await scene.ask('QuotasHttp', {
    route: quotaRoutes.getBooking,
    sender,
    params: { bookingId: first },
  });
  if (body['status'] !== 'offered') throw new Error(`The first in line is ${String(body['status'])}`);
  return tally;
}

export const waitlistBenchmark: Benchmark = {
  name: 'waitlist',
  description: 'capacity units of giving a unit back and offering it to the first of 10 and of 10,000 who wait',
  run: async ({ setting, progress, error }) => {
    const scene = await Scene.open(setting, { metered: true });
    try {
      const tallies: Tally[] = [];
      for (const length of LINES) {
        progress(`${String(length)} waiting`);
        tallies.push(await promotion(scene, length));
      }
      for (const mismatch of new Set(scene.meter.mismatches)) error(mismatch);
      const [short, long] = tallies;
      if (short === undefined || long === undefined) throw new Error('Both lines have to be measured');
      return {
        waitlist: {
          promote10: rounded(short.wcu, 2),
          promote10000: rounded(long.wcu, 2),
          promote10Rcu: rounded(short.rcu, 2),
          promote10000Rcu: rounded(long.rcu, 2),
          equal: short.wcu === long.wcu && short.rcu === long.rcu,
        },
      };
    } finally {
      await scene.close();
    }
  },
};
