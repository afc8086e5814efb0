import { setTimeout as sleep } from 'node:timers/promises';

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { inject } from 'vitest';

import { readAssembly } from '../../lib/local/template/assembly.ts';
import { type Template } from '../../lib/local/template/template.ts';
import type { Controls, HubFacts } from './controls.ts';

/** Whether the shared hub is a deployment, in AWS or an emulator, and not the local runtime. */
export const DEPLOYED = inject('target') === 'deployed';

/** The shared hub, as a test file sees it. */
export const hub: Controls = {
  facts: () => ask('facts'),
  token: (request) => ask('token', request),
  spareInstitution: () => ask('spareInstitution'),
  invoke: (lambda, event) => ask('invoke', lambda, event),
  runSchedule: (rule) => ask('runSchedule', rule),
  oneTimeSchedules: () => ask('oneTimeSchedules'),
  runOneTimeSchedule: (name) => ask('runOneTimeSchedule', name),
  mails: () => ask('mails'),
  drainStreams: () => ask('drainStreams'),
  objectKeys: () => ask('objectKeys'),
  objects: () => ask('objects'),
  putObject: (key, content) => ask('putObject', key, content),
  logs: () => ask('logs'),
  databaseUsage: () => ask('databaseUsage'),
  finishedFiles: () => ask('finishedFiles'),
};

async function ask<K extends keyof Controls>(
  name: K,
  ...args: Parameters<Controls[K]>
): Promise<Awaited<ReturnType<Controls[K]>>> {
  const response = await fetch(inject('controls'), { method: 'POST', body: JSON.stringify({ name, args }) });
  const { result, error } = (await response.json()) as { result: Awaited<ReturnType<Controls[K]>>; error?: string };
  if (error !== undefined) throw new Error(error);
  return result;
}

/** Resolves when the jobs that follow streams have caught up, as far as that can be seen. */
export async function caughtUp(): Promise<void> {
  await (DEPLOYED ? sleep(10_000) : hub.drainStreams());
}

let facts: Promise<HubFacts> | undefined;

/** Where the shared hub is; starts it if it does not run yet. */
export function hubFacts(): Promise<HubFacts> {
  facts ??= hub.facts();
  return facts;
}

/** The template that the shared hub serves. */
export async function hubTemplate(): Promise<Template> {
  return readAssembly((await hubFacts()).assembly).template;
}

let documents: DynamoDBDocumentClient | undefined;

/** A client of the hub's engine, past the API: to age what is stored, or to look at it. */
export async function engine(): Promise<DynamoDBDocumentClient> {
  const { dynamodb } = await hubFacts();
  documents ??= DynamoDBDocumentClient.from(new DynamoDBClient(dynamodb));
  return documents;
}

export async function quotasTable(): Promise<string> {
  return (await hubFacts()).tables.quotas;
}

/** Whether a function has been seen to do this in partitions of its table, by the pattern that allows it. */
export async function hasUsed(lambda: string, action: string, partitions: string): Promise<boolean> {
  const usage = Object.entries((await hub.databaseUsage()) ?? {});
  return usage.some(
    ([name, { used }]) =>
      name.startsWith(lambda) &&
      used.some((call) => call.action === `dynamodb:${action}` && call.partition === partitions),
  );
}

/** Every item of every table. */
export async function allItems(): Promise<Record<string, unknown>[]> {
  const client = await engine();
  const items: Record<string, unknown>[] = [];
  for (const TableName of Object.values((await hubFacts()).tables)) {
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await client.send(new ScanCommand({ TableName, ExclusiveStartKey }));
      items.push(...(page.Items ?? []));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
  }
  return items;
}
