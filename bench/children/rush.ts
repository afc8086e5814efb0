import { readFileSync, writeSync } from 'node:fs';

import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';

import { gatewayEvent } from '../setting/events.ts';
import { bookingFor, registrationFor } from '../setting/requests.ts';
import { median } from '../statistics.ts';
import { Job, type Round } from './rush-job.ts';

/**
 * Inside of the rush on a quota, or on an event. Both sides run in this one process, in turns, each with an SDK client of its own with
 * stock connections (50), against one engine: what differs is only what a booking, or a registration, does more than a bare update. The
 * engine and this process are what limits them, as the partition and the client would in the cloud.
 */

const job = Job.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')));
const { handler } = await import(job.moduleUrl);
const table = process.env['TABLE_NAME'];
const client = DynamoDBDocumentClient.from(new DynamoDBClient({}));

const Result = z.looseObject({ statusCode: z.int(), body: z.string() });
const Made = z.looseObject({ status: z.string() });

const eventFor = (target: Round['target']) =>
  gatewayEvent('grantId' in target ? bookingFor(target) : registrationFor(target));

/** What became of a request: the status of what was made, or that of the answer. */
function outcomeOf(answer: unknown): string {
  const { statusCode, body } = Result.parse(answer);
  return statusCode === 201 ? Made.parse(JSON.parse(body)).status : String(statusCode);
}

/** @returns what became of all requests, and seconds until the last of them */
async function rush({ target, attempts, atOnce }: Round): Promise<{ outcomes: string[]; seconds: number }> {
  const events = Array.from({ length: attempts }, () => eventFor(target));
  const since = performance.now();
  const answers = await flowing(events, atOnce, (event) => handler(event, { functionName: 'bench' }));
  const seconds = (performance.now() - since) / 1000;
  return { outcomes: answers.map(outcomeOf), seconds };
}

/** Carries out all, so many at a time. */
async function flowing<T, R>(all: readonly T[], atOnce: number, carryOut: (each: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = all.entries();
  const worker = async (): Promise<void> => {
    for (const [index, each] of waiting) results[index] = await carryOut(each);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, worker));
  return results;
}

/** The same number of attempts on a counter, by the write that every booking system needs at least. @returns seconds */
async function bareUpdates({ counter, attempts, atOnce }: Round): Promise<number> {
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
  await flowing(Array.from({ length: attempts }), atOnce, attempt);
  return (performance.now() - since) / 1000;
}

/** Milliseconds of one warm request, alone. */
async function alone({ target, attempts }: Round): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < attempts; count++) {
    const event = eventFor(target);
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
  const { outcomes, seconds } = await rush(round);
  results.push({ outcomes, seconds, bareSeconds: before ?? (await bareUpdates(round)) });
}
const aloneMs = job.alone === undefined ? {} : { aloneMs: await alone(job.alone) };
writeSync(3, JSON.stringify({ rounds: results, ...aloneMs }));
process.exit(0);
