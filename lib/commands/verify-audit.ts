import { setTimeout as sleep } from 'node:timers/promises';

import { GetObjectCommand, ListObjectsV2Command, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';

import { agreementsChange } from '../../lambdas/agreements/published-changes.ts';
import { ANCHORS } from '../../lambdas/audit/anchor-model.ts';
import { AuditTable } from '../../lambdas/audit/audit-table.ts';
import {
  auditChain,
  type Evidence,
  type Finding,
  type FindingKind,
  itemOf,
  readAnchors,
} from '../../lambdas/audit/chain-audit.ts';
import { type AuditEntry, entriesOfChange, entriesOfReading } from '../../lambdas/audit/model.ts';
import { documentsChange } from '../../lambdas/documents/published-changes.ts';
import { eventsChange } from '../../lambdas/events/published-changes.ts';
import { institutionsChange } from '../../lambdas/institutions/published-changes.ts';
import { quotasChange, quotasReading } from '../../lambdas/quotas/published-changes.ts';
import type { Item, SingleTable } from '../../lambdas/shared/dynamo/single-table.ts';
import { trainingChange } from '../../lambdas/training/published-changes.ts';
import type { HubData } from './hub-data.ts';

/** Milliseconds between two looks at what is still under way. */
const LOOK_AGAIN_AFTER = 2000;

const MEANINGS: Readonly<Record<FindingKind, string>> = {
  edited: 'is not as it was written: its hash is another',
  'out-of-sequence': 'does not have the number of its place: rows were removed, added or moved',
  'not-linked': 'does not follow from the one before it: one was changed, removed, added or moved',
  'out-of-time': 'is older than the one before it',
  unreadable: 'cannot be read',
  misplaced: 'is of another chain, or of another place in it',
  twice: 'is written down more than once',
  'differs-from-anchor': 'has another hash than then: it or a row before it was made anew',
  'missing-since-anchor': 'is not there any more: the end of the chain was cut off',
  'change-without-row': 'has no row: it was removed or cut off, or never written',
  'row-without-change': 'tells of something that there is not',
  'row-differs-from-change': 'is told otherwise than by what was changed',
};

export function sentence({ kind, about }: Finding): string {
  return `${about} ${MEANINGS[kind]}`;
}

/** What there is beside the chains. */
interface Sources {
  readonly due: ReadonlyMap<string, readonly AuditEntry[]>;
  readonly versions: ReadonlyMap<string, number>;
  readonly readAt: Date;
}

/** Reads every item whose changes are audited. What is confidential is not compared, so that no key is needed. */
async function readSources({ tables }: HubData, readAt: Date): Promise<Sources> {
  const due = new Map<string, AuditEntry[]>();
  const versions = new Map<string, number>();
  const add = (entries: ReadonlyMap<string, AuditEntry>): void => {
    for (const [institutionId, entry] of entries) {
      const known = due.get(institutionId) ?? [];
      known.push(entry);
      due.set(institutionId, known);
      if (entry.version !== undefined) versions.set(itemOf(entry), entry.version);
    }
  };
  const changes = {
    ...{ institutions: institutionsChange, agreements: agreementsChange },
    ...{ quotas: quotasChange, documents: documentsChange, training: trainingChange, events: eventsChange },
  } as const;
  for (const context of ['institutions', 'agreements', 'quotas', 'training', 'events', 'documents'] as const) {
    for await (const after of everyItem(tables[context])) {
      const change = changes[context]({ before: undefined, after }, () => '');
      if (change !== undefined) add(entriesOfChange(change));
      const reading = quotasReading(after);
      if (reading !== undefined) add(entriesOfReading(reading));
    }
  }
  return { due, versions, readAt };
}

async function* everyItem({ client, name: TableName }: SingleTable): AsyncGenerator<Item> {
  let ExclusiveStartKey: Item | undefined;
  do {
    const page = await client.send(new ScanCommand({ TableName, ConsistentRead: true, ExclusiveStartKey }));
    yield* page.Items ?? [];
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
}

/**
 * The anchors as they were first written: where a bucket keeps versions, nothing that was put over one, and nothing that
 * hides one, counts.
 */
async function storedAnchors({ bucket: { client, name: Bucket, versioned } }: HubData): Promise<Item[]> {
  const found = versioned ? await firstVersions(client, Bucket) : await keys(client, Bucket);
  const anchors: Item[] = [];
  for (const [Key, VersionId] of [...found].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, VersionId }));
    const content: unknown = JSON.parse((await Body?.transformToString()) ?? 'null');
    anchors.push(typeof content === 'object' && content !== null ? { ...content } : {});
  }
  return anchors;
}

type S3 = HubData['bucket']['client'];

async function keys(client: S3, Bucket: string): Promise<Map<string, undefined>> {
  const found = new Map<string, undefined>();
  let ContinuationToken: string | undefined;
  do {
    const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix: ANCHORS, ContinuationToken }));
    for (const { Key = '' } of page.Contents ?? []) found.set(Key, undefined);
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return found;
}

async function firstVersions(client: S3, Bucket: string): Promise<Map<string, string | undefined>> {
  const found = new Map<string, string | undefined>();
  let KeyMarker: string | undefined;
  let VersionIdMarker: string | undefined;
  do {
    const page = await client.send(
      new ListObjectVersionsCommand({ Bucket, Prefix: ANCHORS, KeyMarker, VersionIdMarker }),
    );
    // Of one key the newest version comes first, so that the oldest is what stays.
    for (const { Key = '', VersionId } of page.Versions ?? []) found.set(Key, VersionId);
    ({ NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page);
  } while (KeyMarker !== undefined);
  return found;
}

export interface ChainResult {
  readonly institutionId: string;
  readonly rows: number;
  readonly findings: readonly Finding[];
}

/** What is verified: first the anchors, then chain after chain. */
export interface Verification {
  readonly anchors: { readonly count: number; readonly findings: readonly Finding[] };
  readonly chains: AsyncGenerator<ChainResult>;
}

/**
 * Verifies every chain of the audit.
 * @param onWait is told of a chain of which something may still be under way
 * @param now what is the time
 */
export async function verifyAudit(
  data: HubData,
  onWait: (institutionId: string) => void,
  now: () => Date = () => new Date(),
): Promise<Verification> {
  // First, so that what is written meanwhile is behind what is looked for.
  const sources = await readSources(data, now());
  const stored = await storedAnchors(data);
  const { heads, findings } = readAnchors(stored);
  const audit = new AuditTable(data.tables.audit);
  const chains = new Set([...sources.due.keys(), ...heads.keys(), ...(await listedChains(audit))]);
  async function* results(): AsyncGenerator<ChainResult> {
    for (const institutionId of [...chains].toSorted()) {
      const due = sources.due.get(institutionId) ?? [];
      const evidence = { ...sources, due, heads: heads.get(institutionId) ?? [] };
      yield verifyChain({ audit, now }, institutionId, evidence, () => {
        onWait(institutionId);
      });
    }
  }
  return { anchors: { count: stored.length, findings }, chains: results() };
}

/** Looks again for as long as what was found may be under way. */
async function verifyChain(
  { audit, now }: { readonly audit: AuditTable; readonly now: () => Date },
  institutionId: string,
  evidence: Evidence,
  onWait: () => void,
): Promise<ChainResult> {
  for (let attempt = 0; ; attempt++) {
    const rows = await audit.everything(institutionId);
    const findings = auditChain(institutionId, rows, evidence, now());
    if (!findings.some(({ young }) => young)) return { institutionId, rows: rows.length, findings };
    if (attempt === 0) onWait();
    await sleep(LOOK_AGAIN_AFTER);
  }
}

async function listedChains(audit: AuditTable): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await audit.listChains(100, after);
    ids.push(...page.entries.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  return ids;
}
