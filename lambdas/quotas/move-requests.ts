import { isQueued } from '../shared/capacity/account.ts';
import { promote } from '../shared/capacity/line.ts';
import type { Creation } from '../shared/dynamo/create-once.ts';
import { keyReused } from '../shared/http/idempotency.ts';
import { Problem } from '../shared/http/problem.ts';
import { Busy } from '../shared/http/problems.ts';
import type { AccountingPorts } from './accounting-ports.ts';
import { bookingsAsClaims } from './bookings-as-claims.ts';
import { accountKey } from './keys.ts';
import { GrantNotInPool, PartnerNotActive, TooManyAtOnce } from './loan-errors.ts';
import type { MoveOutcome } from './loan-table.ts';
import type { GrantState } from './moves.ts';
import type { Outcome, Ports } from './ports.ts';

/** What loans and transfers have in common: requests that are remembered, and what the database said to them. */

export const MAX_ATTEMPTS = 12;

/**
 * The answer to a repeated request. Asked before anything else is: what has been done is not judged again.
 * @throws Problem `idempotency-key-reused`
 */
export async function earlierOf<T>(
  { loans }: Pick<AccountingPorts, 'loans'>,
  creation: Creation,
  read: (resourceId: string) => Promise<T>,
): Promise<Outcome<T> | undefined> {
  const earlier = await loans.findEarlier(creation);
  if (earlier === undefined) return undefined;
  if (earlier.kind === 'key-reused') throw refusalOf(earlier.kind);
  return { value: await read(earlier.resourceId), replayed: true };
}

/** Another grant of the pool. One in another pool is refused in the same words as one there is not. */
export async function grantInPool({ quotas }: Ports, grantId: string, poolId: string): Promise<GrantState> {
  const found = await quotas.getGrant(grantId, { consistent: true });
  if (found?.grant.poolId !== poolId) throw new Problem(GrantNotInPool, 'The pool has no grant with this id.');
  return found;
}

/** Offers what has come to a grant to those who wait for it. What dies before it is done, the sweep does. */
export async function offerToLine(ports: Ports, { grant, account }: GrantState): Promise<void> {
  if (isQueued(account)) await promote(bookingsAsClaims(ports), accountKey(grant.id));
}

/** What is said when a transaction was refused. */
export function refusalOf(kind: Exclude<MoveOutcome['kind'], 'created' | 'replayed'>): Problem {
  switch (kind) {
    case 'key-reused':
      return keyReused();
    case 'partner-not-active':
      return new Problem(PartnerNotActive, 'Who would get the courses is not an active partner.');
    case 'too-many':
      return new Problem(TooManyAtOnce, 'This would change more parts of the accounts than one step can.');
    case 'moved-on':
      return new Problem(Busy, 'The grants are being changed by others at this moment.', {}, 1);
  }
}
