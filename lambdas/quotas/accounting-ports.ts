import type { SingleTable } from '../shared/dynamo/single-table.ts';
import { ClosingTable } from './closing-table.ts';
import { type QuotasLedger, quotasLedger } from './ledger-table.ts';
import { LoanTable } from './loan-table.ts';
import { type Ports, portsOn } from './ports.ts';

/** What the operations between grants need from the world: loans, transfers, the end of periods, ledgers and reports. */
export interface AccountingPorts extends Ports {
  readonly loans: LoanTable;
  readonly closings: ClosingTable;
  readonly ledger: QuotasLedger;
}

/** The ports on a table, with the time and the ids of this process. */
export function accountingPortsOn(table: SingleTable): AccountingPorts {
  return {
    ...portsOn(table),
    loans: new LoanTable(table),
    closings: new ClosingTable(table),
    ledger: quotasLedger(table),
  };
}
