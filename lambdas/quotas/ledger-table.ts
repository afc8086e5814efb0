import * as z from 'zod/mini';

import { ChainTable } from '../shared/chain/chain-table.ts';
import type { SingleTable } from '../shared/dynamo/single-table.ts';
import { balanceAfter, type LedgerEntry, NO_BALANCE, sourceOf } from './ledger.ts';
import { LedgerRow } from './ledger-contract.ts';

/** What a later version of the Hub adds to rows stays in them: their hash counts it. */
const RowItem = z.looseObject(LedgerRow.shape);

/** The ledgers of grants, each in its grant's partition. */
export type QuotasLedger = ChainTable<LedgerEntry, LedgerRow>;

export function quotasLedger(table: SingleTable): QuotasLedger {
  return new ChainTable<LedgerEntry, LedgerRow>(table, {
    prefix: 'LEDGER#',
    read: (item) => RowItem.parse(item),
    sourceOf,
    complete: (entry, last) => ({ ...entry, balance: balanceAfter(last?.balance ?? NO_BALANCE, entry.deltas) }),
  });
}
