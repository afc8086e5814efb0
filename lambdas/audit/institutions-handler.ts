import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';

import { isShutOut, readInstitutionChange } from '../institutions/published.ts';
import { institutionsChange } from '../institutions/published-changes.ts';
import { inBatches } from '../shared/batches.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { handleInOrder, newItem } from '../shared/dynamo/stream.ts';
import { AuditTable } from './audit-table.ts';
import { readerOf, writeDown } from './write-down.ts';

const audit = new AuditTable(deployedTable());
const read = readerOf(institutionsChange);

/** Institutions that are followed at the same time. */
const FOLLOWED_AT_ONCE = 25;

/**
 * Writes down what happens to institutions, their contacts, clients and people; and follows who is shut out, so that
 * nobody who is can read the audit. One job, because a stream has few readers.
 */
export async function handler({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const institutions = Map.groupBy(Records, ({ dynamodb }) => JSON.stringify(dynamodb?.Keys));
  const followed = await inBatches([...institutions.values()], FOLLOWED_AT_ONCE, (changes) =>
    handleInOrder('audit-partners', { Records: changes }, follow),
  );
  const written = await writeDown(audit, 'audit-institutions', Records, read);
  return { batchItemFailures: [...followed, written].flatMap(({ batchItemFailures }) => batchItemFailures) };
}

async function follow(record: DynamoDBRecord): Promise<void> {
  const item = newItem(record);
  if (item?.['pk'] !== 'INSTITUTION') return;
  const change = readInstitutionChange(item);
  // Who is new has never been shut out: most changes are of that kind.
  if (change.version === 1) return;
  // A change that is told again, or late, says what is known by now.
  const status = await audit.putPartner(change);
  await audit.shutOut.note(change.id, isShutOut({ status }));
}
