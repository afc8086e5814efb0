import { readFileSync, writeSync } from 'node:fs';

import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';

import { gatewayEvent } from '../setting/events.ts';
import { bookingFor } from '../setting/requests.ts';
import { median } from '../statistics.ts';
import { Job, type Round } from './rush-job.ts';

/**
 * Inside of the rush on a quota. Both sides run in this one process, in turns, each with an SDK client of its own with
 * stock connections (50), against one engine: what differs is only what a booking does more than a bare update. The
 * engine and this process are what limits them, as the partition and the client would in the cloud.
 */

const job = Job.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')));
const { handler } = await import(job.moduleUrl);
const table = process.env['TABLE_NAME'];
const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));

const Result = z.looseObject({ statusCode: z.int() });

/** @returns the statuses of all answers, and seconds until the last of them */
async function rush({ grant, attempts }: Round): Promise<{ statuses: number[]; seconds: number }> {
  const events = Array.from({ length: attempts }, () => gatewayEvent(bookingFor(grant)));
  const since = performance.now();
  const answers = await Promise.all(events.map((event) => handler(event, { functionName: 'bench' })));
  const seconds = (performance.now() - since) / 1000;
  return { statuses: answers.map((answer) => Result.parse(answer).statusCode), seconds };
}

/** The same number of attempts on a counter, by the write that every booking system needs at least. @returns seconds */
async function bareUpdates({ counter, attempts }: Round): Promise<number> {
  const attempt = async (): Promise<void> => {
    try {
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key: { pk: counter, sk: 'COUNTER' },
          UpdateExpression: 'SET committed = committed + :one',
          ConditionExpression: 'committed < entitled',
          ExpressionAttributeValues: { ':one': 1 },
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };
  const since = performance.now();
  await Promise.all(Array.from({ length: attempts }, attempt));
  return (performance.now() - since) / 1000;
}

/** Milliseconds of one warm booking, alone. */
async function alone({ grant, attempts }: Round): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < attempts; count++) {
    const event = gatewayEvent(bookingFor(grant));
    const since = performance.now();
    await handler(event, { functionName: 'bench' });
    times.push(performance.now() - since);
  }
  return median(times);
}

const [warmUp, ...rounds] = job.rounds;
if (warmUp !== undefined) {
  await rush(warmUp);
  await bareUpdates(warmUp);
}
const results = [];
for (const [index, round] of rounds.entries()) {
  // Neither side always comes first.
  const before = index % 2 === 0 ? await bareUpdates(round) : undefined;
  const { statuses, seconds } = await rush(round);
  results.push({ statuses, seconds, bareSeconds: before ?? (await bareUpdates(round)) });
}
writeSync(3, JSON.stringify({ rounds: results, aloneMs: await alone(job.alone) }));
process.exit(0);
