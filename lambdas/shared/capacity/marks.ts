import { randomBytes } from 'node:crypto';

import type { Account } from './account.ts';
import type { AccountKey, AccountTable } from './account-table.ts';
import { subjectKey } from './holder.ts';
import type { Place } from './place.ts';

/**
 * How an account shows that somebody waits: a mark in each of its segments, which the write that takes a unit looks at.
 *
 * The mark is never missing while somebody waits. Whoever enters the line puts the place first and looks at the marks then;
 * one that is there is left, so that a thousand who enter do not write every segment a thousand times. Whoever finds the line
 * empty therefore cannot just remove a mark: somebody may have seen it a moment ago. It is first made a closing one, which
 * nobody who enters relies on, and the line is looked at again. Whoever entered before that is in the line by then; whoever
 * enters after it sees a closing mark and puts a mark of their own, which is not removed.
 */

/** Marks begin with letters or digits otherwise. */
const CLOSING = '~';

const isOpen = (queue: string | undefined): boolean => queue !== undefined && !queue.startsWith(CLOSING);

/** Shows that somebody waits, once the place is in the line. Can be repeated. @returns the account as it was read */
export async function markLine(accounts: AccountTable, key: AccountKey, { id, rank }: Place): Promise<Account> {
  const mark = subjectKey(id, rank);
  for (;;) {
    const { account } = await accounts.load(key, { consistent: true });
    const bare = account.filter(({ queue }) => !isOpen(queue));
    // A segment that is made meanwhile has the mark of another one, or is seen in the next round.
    if (bare.length === 0) return account;
    await Promise.all(bare.map(({ number }) => accounts.setQueue(key, number, { to: mark })));
  }
}

/**
 * Takes the marks away, if nobody waits.
 * @param account as it was read before the line was found empty @param isEmpty looks at the line
 * @returns whether it was still empty
 */
export async function unmarkLine(
  accounts: AccountTable,
  key: AccountKey,
  account: Account,
  isEmpty: () => Promise<boolean>,
): Promise<boolean> {
  const closing = CLOSING + randomBytes(4).toString('base64url');
  const marked = account.flatMap(({ number, queue }) => (queue === undefined ? [] : [{ number, queue }]));
  await Promise.all(marked.map(({ number, queue }) => accounts.setQueue(key, number, { to: closing, seen: queue })));
  if (!(await isEmpty())) return false;
  await Promise.all(marked.map(({ number }) => accounts.setQueue(key, number, { seen: closing })));
  return true;
}
