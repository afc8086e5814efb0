import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { institutionsChange } from '../institutions/published-changes.ts';
import { PartnersTable } from '../institutions/published-partners.ts';
import { inBatches } from '../shared/batches.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { AuditTable } from './audit-table.ts';
import { readerOf, writeDown } from './write-down.ts';

const table = deployedTable();
const audit = new AuditTable(table);
const partners = new PartnersTable(table);
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
    partners.follow('audit-partners', { Records: changes }),
  );
  const written = await writeDown(audit, 'audit-institutions', Records, read);
  return { batchItemFailures: [...followed, written].flatMap(({ batchItemFailures }) => batchItemFailures) };
}
