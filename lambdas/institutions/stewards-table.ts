import type { Role } from '../shared/auth/vocabulary.ts';
import type { Key, TransactWrite } from '../shared/dynamo/single-table.ts';
import type { Member } from './model.ts';

/**
 * Who coordinates an institution, and who administers the Hub: sets that change in the transaction in which the members
 * do, so that of two who are revoked at the same moment one is seen to be the last. Members that were enrolled before
 * these sets were kept are in none of them until they are enrolled again.
 */

/** What would be lost. */
export type Lost = 'last-coordinator' | 'last-admin';

interface StewardWrite {
  readonly write: TransactWrite;
  /** What it means when the write is refused. */
  readonly lost: Lost;
}

/** @param whose an institution's id, or the Hub */
export const stewardKey = (whose: string): Key => ({ pk: 'STEWARDS', sk: whose });

const has = (member: Member | undefined, role: Role): boolean =>
  member?.status === 'active' && member.roles.includes(role);

/** @param leaving whether the institution may lose its last coordinator */
export function stewardWrites(
  TableName: string,
  before: Member | undefined,
  after: Member,
  leaving: boolean,
): StewardWrite[] {
  const writes: StewardWrite[] = [];
  const nameOf = ({ institutionId, kind, id }: Member): string => `${institutionId}#${kind}#${id}`;
  const lists = [
    { role: 'coordinator', lost: 'last-coordinator', listOf: (member: Member) => member.institutionId, free: leaving },
    { role: 'hub-admin', lost: 'last-admin', listOf: () => 'HUB', free: false },
  ] as const;
  for (const { role, lost, listOf, free } of lists) {
    const was = before !== undefined && has(before, role) ? before : undefined;
    const is = has(after, role) ? after : undefined;
    if (was !== undefined && is !== undefined && nameOf(was) === nameOf(is)) continue;
    // A person who moves to another institution changes two lists, or one place in the Hub's.
    if (is !== undefined) writes.push({ lost, write: joining(TableName, stewardKey(listOf(is)), nameOf(is)) });
    if (was === undefined) continue;
    if (is !== undefined && listOf(was) === listOf(is)) continue;
    writes.push({ lost, write: parting(TableName, stewardKey(listOf(was)), nameOf(was), free) });
  }
  return writes;
}

function joining(TableName: string, key: Key, name: string): TransactWrite {
  return {
    Update: {
      TableName,
      Key: key,
      UpdateExpression: 'ADD members :members',
      ExpressionAttributeValues: { ':members': new Set([name]) },
    },
  };
}

function parting(TableName: string, key: Key, name: string, free: boolean): TransactWrite {
  const ExpressionAttributeValues = { ':members': new Set([name]) };
  const change = { TableName, Key: key, UpdateExpression: 'DELETE members :members' };
  if (free) return { Update: { ...change, ExpressionAttributeValues } };
  return {
    Update: {
      ...change,
      ConditionExpression: 'size(members) > :one OR NOT contains(members, :member)',
      ExpressionAttributeValues: { ...ExpressionAttributeValues, ':one': 1, ':member': name },
    },
  };
}
