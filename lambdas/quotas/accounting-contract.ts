import { defineRoutes } from '../shared/http/route.ts';
import { closingRoutes } from './closing-contract.ts';
import { ledgerRoutes } from './ledger-contract.ts';
import { loanRoutes } from './loan-contract.ts';
import { usageRoutes } from './usage-contract.ts';

/** What happens between grants, and what is said about it afterwards: in a function of its own. */
export const accountingRoutes = defineRoutes({
  ...ledgerRoutes,
  ...loanRoutes,
  ...closingRoutes,
  ...usageRoutes,
});
