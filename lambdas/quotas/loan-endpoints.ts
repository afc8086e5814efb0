import { created, ok, page } from '../shared/http/reply.ts';
import { on } from '../shared/http/serve.ts';
import type { AccountingListPorts } from './lists.ts';
import { loanRoutes as routes } from './loan-contract.ts';
import { listLoanBalances, listLoans } from './loan-lists.ts';
import type { Loan, LoanBalance, Transfer } from './loan-model.ts';
import { actOnLoan, getLoan, type LoanRequest, proposeLoan } from './loan-operations.ts';
import { getTransfer, transferUnits } from './transfer-operations.ts';

/** Loans and transfers over HTTP. */

const showLoan = ({ version: _, by: __, ...loan }: Loan) => loan;
const loan = (value: Loan) => ({ body: showLoan(value), version: value.version });

function transfer({ version, by: _, ...body }: Transfer) {
  return { body, version };
}

function showBalance(counts: LoanBalance) {
  const { lent, borrowed, settledLent, settledBorrowed } = counts;
  return { ...counts, balance: lent + settledLent - borrowed - settledBorrowed };
}

type ActionRoute = (typeof routes)[`${'approve' | 'decline' | 'withdraw' | 'return' | 'recall' | 'writeOff'}Loan`];

export function loanEndpoints(ports: AccountingListPorts) {
  const actionOn = (route: ActionRoute, action: LoanRequest['action']) =>
    on(route, async ({ params: { loanId }, ...request }) => {
      const { value, replayed } = await actOnLoan(ports, { ...request, loanId, action });
      return ok(loan(value), replayed);
    });
  return [
    on(routes.proposeLoan, async ({ params: { grantId }, ...request }) => {
      const { value, replayed } = await proposeLoan(ports, { ...request, grantId });
      return created(`/v1/loans/${value.id}`, loan(value), replayed);
    }),
    on(routes.listLoans, async ({ permission, params: { grantId }, query }) => {
      const { items, next } = await listLoans(ports, { permission, ...query }, grantId);
      return page(items.map(showLoan), next);
    }),
    on(routes.getLoan, async ({ permission, params: { loanId } }) =>
      ok(loan(await getLoan(ports, permission, loanId))),
    ),
    actionOn(routes.approveLoan, 'approve'),
    actionOn(routes.declineLoan, 'decline'),
    actionOn(routes.withdrawLoan, 'withdraw'),
    actionOn(routes.returnLoan, 'return'),
    actionOn(routes.recallLoan, 'recall'),
    actionOn(routes.writeOffLoan, 'write-off'),
    on(routes.listLoanBalances, async ({ permission, query: { institutionId, ...paging } }) => {
      const { items, next } = await listLoanBalances(ports, { permission, ...paging }, institutionId);
      return page(items.map(showBalance), next);
    }),
    on(routes.transferUnits, async ({ params: { grantId }, ...request }) => {
      const { value, replayed } = await transferUnits(ports, { ...request, grantId });
      return created(`/v1/transfers/${value.id}`, transfer(value), replayed);
    }),
    on(routes.getTransfer, async ({ permission, params: { transferId } }) =>
      ok(transfer(await getTransfer(ports, permission, transferId))),
    ),
  ];
}
