import * as z from 'zod/mini';

import type { Role } from '../shared/auth/vocabulary.ts';
import type { Key, SingleTable, TransactWrite } from '../shared/dynamo/single-table.ts';
import type { Member } from './model.ts';

/**
 * Who coordinates an institution, and who administers the Hub: lists that change in the transaction in which the members
 * do, so that of two who are revoked at the same moment one is seen to be the last. Members that were enrolled before
 * these lists were kept are in none of them until they are enrolled again.
 *
 * An admin whose institution is shut out can do nothing, but is an admin again when it is let in. So the Hub's list has
 * those institutions, too, and whoever changes either puts it in place of the list that it has judged.
 */

/** What would be lost. */
export type Lost = 'last-coordinator' | 'last-admin';

const stewardKey = (whose: string): Key => ({ pk: 'STEWARDS', sk: whose });

/** The admins of the Hub. */
const Admins = z.object({
  /** By `nameOf`. */
  members: z._default(z.array(z.string()), []),
  /** Institutions that are shut out. */
  shutOut: z._default(z.array(z.string()), []),
  version: z._default(z.int(), 0),
});
export type Admins = z.infer<typeof Admins>;

export async function readAdmins(table: SingleTable): Promise<Admins> {
  return Admins.parse((await table.get(stewardKey('HUB'), { consistent: true })) ?? {});
}

/** Puts a list in place of the one that it was made from. */
export function adminsWrite(TableName: string, { version, ...lists }: Admins): TransactWrite {
  const Item = { ...stewardKey('HUB'), ...lists, version };
  if (version === 1) return { Put: { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' } };
  return {
    Put: {
      TableName,
      Item,
      ConditionExpression: 'version = :seen',
      ExpressionAttributeValues: { ':seen': version - 1 },
    },
  };
}

/** The admins once an institution is shut out, or let in again. */
export function withInstitution(admins: Admins, institutionId: string, isShutOut: boolean): Admins | 'last-admin' {
  const others = admins.shutOut.filter((id) => id !== institutionId);
  return keptBy(admins, { ...admins, shutOut: isShutOut ? [...others, institutionId] : others });
}

/** The admins once a member is another one. @returns `undefined` when that changes nothing */
export function withMember(
  admins: Admins,
  before: Member | undefined,
  after: Member,
): Admins | 'last-admin' | undefined {
  const was = before !== undefined && has(before, 'hub-admin') ? nameOf(before) : undefined;
  const is = has(after, 'hub-admin') ? nameOf(after) : undefined;
  if (was === is) return undefined;
  const others = admins.members.filter((name) => name !== was && name !== is);
  return keptBy(admins, { ...admins, members: is === undefined ? others : [...others, is] });
}

/** The next version, unless the Hub has an admin now and would have none. */
function keptBy(now: Admins, next: Admins): Admins | 'last-admin' {
  return hasAdmin(now) && !hasAdmin(next) ? 'last-admin' : { ...next, version: now.version + 1 };
}

function hasAdmin({ members, shutOut }: Admins): boolean {
  return members.some((name) => !shutOut.some((institutionId) => name.startsWith(`${institutionId}#`)));
}

const nameOf = ({ institutionId, kind, id }: Member): string => `${institutionId}#${kind}#${id}`;

const has = (member: Member, role: Role): boolean => member.status === 'active' && member.roles.includes(role);

/**
 * The changes of the lists of coordinators. One that is refused would take the last coordinator away.
 * @param leaving whether the institution may lose its last coordinator
 */
export function coordinatorWrites(
  TableName: string,
  before: Member | undefined,
  after: Member,
  leaving: boolean,
): TransactWrite[] {
  const was = before !== undefined && has(before, 'coordinator') ? before : undefined;
  const is = has(after, 'coordinator') ? after : undefined;
  if (was !== undefined && is !== undefined && nameOf(was) === nameOf(is)) return [];
  // A person who moves to another institution changes two lists.
  return [
    ...(is === undefined ? [] : [joining(TableName, is)]),
    ...(was === undefined ? [] : [parting(TableName, was, leaving)]),
  ];
}

function joining(TableName: string, member: Member): TransactWrite {
  return {
    Update: {
      TableName,
      Key: stewardKey(member.institutionId),
      UpdateExpression: 'ADD members :members',
      ExpressionAttributeValues: { ':members': new Set([nameOf(member)]) },
    },
  };
}

function parting(TableName: string, member: Member, leaving: boolean): TransactWrite {
  const ExpressionAttributeValues = { ':members': new Set([nameOf(member)]) };
  const Key = stewardKey(member.institutionId);
  const change = { TableName, Key, UpdateExpression: 'DELETE members :members' };
  if (leaving) return { Update: { ...change, ExpressionAttributeValues } };
  return {
    Update: {
      ...change,
      ConditionExpression: 'size(members) > :one OR NOT contains(members, :member)',
      ExpressionAttributeValues: { ...ExpressionAttributeValues, ':one': 1, ':member': nameOf(member) },
    },
  };
}
