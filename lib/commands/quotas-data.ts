import { type AccountingPorts, accountingPortsOn } from '../../lambdas/quotas/accounting-ports.ts';
import type { SingleTable } from '../../lambdas/shared/dynamo/single-table.ts';
import { openHubData } from './hub-data.ts';

/** The quotas' data, as the commands for operators reach it. */
export interface QuotasData {
  /** For people: which table, and where. */
  readonly where: string;
  readonly ports: AccountingPorts;
  readonly table: SingleTable;
  readonly close: () => void;
}

/**
 * Opens the table of a deployed stage, or of the Hub that `npm start` runs.
 * @throws Error whose message is one sentence for the operator
 */
export async function openQuotasData(stage: string | undefined): Promise<QuotasData> {
  const { where, tables, close } = await openHubData(stage);
  const table = tables.quotas;
  return {
    where: stage === undefined ? where : `${where} (table ${table.name})`,
    table,
    ports: accountingPortsOn(table),
    close,
  };
}
