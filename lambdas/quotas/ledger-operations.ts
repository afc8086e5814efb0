import type { Item } from '../shared/dynamo/single-table.ts';
import type { Page, PageRequest } from '../shared/http/pages.ts';
import type { AccountingPorts } from './accounting-ports.ts';
import type { GrantRecords } from './findings.ts';
import { getGrant } from './grant-operations.ts';
import { ledgerPartition } from './keys.ts';
import type { LedgerRow } from './ledger-contract.ts';
import type { AccountingListPorts } from './lists.ts';

/** One page of what happened to a grant. @throws Problem `not-found`, `invalid-cursor` */
export async function listLedger(
  ports: AccountingListPorts,
  { permission, limit, cursor }: PageRequest,
  grantId: string,
): Promise<Page<LedgerRow>> {
  await getGrant(ports, permission, grantId);
  const list = `ledger:${grantId}`;
  const after = cursor === undefined ? undefined : ports.cursors.read(list, cursor);
  const { rows, next } = await ports.ledger.list(ledgerPartition(grantId), limit, after);
  return { items: rows, next: next === undefined ? undefined : ports.cursors.write(list, next) };
}

/** With the segments of the account as they are stored. */
export interface StoredRecords extends GrantRecords {
  readonly items: readonly Item[];
}

/** Attempts to read a grant and its account while neither is being changed. */
const MAX_ATTEMPTS = 5;

/** Everything there is of a grant, in the order an audit needs; `undefined` when there is no such grant. */
export async function readRecords(
  { quotas, ledger }: Pick<AccountingPorts, 'quotas' | 'ledger'>,
  grantId: string,
): Promise<StoredRecords | undefined> {
  for (let attempt = 1; ; attempt++) {
    const rows = await ledger.everything(ledgerPartition(grantId));
    const found = await quotas.inspectGrant(grantId);
    if (found === undefined) return undefined;
    const { grant, account, items } = found;
    const bookings = await quotas.allBookings(grantId);
    // A change of the grant between the reading of its item and of its account would look like a contradiction.
    const later = await quotas.inspectGrant(grantId);
    if (later?.grant.version !== grant.version && attempt < MAX_ATTEMPTS) continue;
    return { rows, grant, account, items, unreadable: items.length - account.length, bookings };
  }
}
