import { institutionOf, type Page, type PageRequest, pageOfIds } from '../shared/http/pages.ts';
import { getGrant } from './grant-operations.ts';
import type { AccountingListPorts } from './lists.ts';
import type { Loan, LoanBalance } from './loan-model.ts';

/** Lists of loans and of balances. */

/** Loans from and to a grant, oldest first. */
export async function listLoans(
  ports: AccountingListPorts,
  request: PageRequest,
  grantId: string,
): Promise<Page<Loan>> {
  await getGrant(ports, request.permission, grantId);
  return pageOfIds(
    ports,
    `loans:${grantId}`,
    request,
    (limit, after) => ports.loans.listLoans(grantId, limit, after),
    (id) => ports.loans.getLoan(id),
  );
}

/** How an institution stands with each other one. */
export async function listLoanBalances(
  { loans, cursors }: AccountingListPorts,
  request: PageRequest,
  institutionId?: string,
): Promise<Page<LoanBalance>> {
  const institution = institutionOf(request, institutionId);
  const list = `loan-balances:${institution}`;
  const after = request.cursor === undefined ? undefined : cursors.read(list, request.cursor);
  const { balances, next } = await loans.listBalances(institution, request.limit, after);
  return { items: balances, next: next === undefined ? undefined : cursors.write(list, next) };
}
