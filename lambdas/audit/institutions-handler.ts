import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';

import { isShutOut, readInstitutionChange } from '../institutions/published.ts';
import { institutionsChange } from '../institutions/published-changes.ts';
import { handleInOrder, newItem } from '../shared/dynamo/stream.ts';
import { deployedAudit } from './deployed-audit.ts';
import { readerOf, writeDown } from './write-down.ts';

const audit = deployedAudit();
const read = readerOf(institutionsChange);

/**
 * Writes down what happens to institutions, their contacts, clients and people; and follows who is shut out, so that
 * nobody who is can read the audit. One job, because a stream has few readers.
 */
export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const followed = await handleInOrder('audit-partners', event, follow);
  const written = await writeDown(audit, 'audit-institutions', event.Records, read);
  return { batchItemFailures: [...followed.batchItemFailures, ...written.batchItemFailures] };
}

async function follow(record: DynamoDBRecord): Promise<void> {
  const item = newItem(record);
  if (item?.['pk'] !== 'INSTITUTION') return;
  const change = readInstitutionChange(item);
  // A change that is told again, or late, says what is known by now.
  const status = await audit.putPartner(change);
  const isOut = isShutOut({ status });
  // Who is new has never been shut out: most changes are of that kind.
  if (isOut || change.version > 1) await audit.shutOut.note(change.id, isOut);
}
