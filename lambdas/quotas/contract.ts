import { defineRoutes } from '../shared/http/route.ts';
import { bookingRoutes } from './booking-contract.ts';
import { closingRoutes } from './closing-contract.ts';
import { grantRoutes } from './grant-contract.ts';
import { ledgerRoutes } from './ledger-contract.ts';
import { loanRoutes } from './loan-contract.ts';
import { poolRoutes } from './pool-contract.ts';
import { usageRoutes } from './usage-contract.ts';

/** All routes of the quotas context. */
export const quotaRoutes = defineRoutes({
  ...poolRoutes,
  ...grantRoutes,
  ...ledgerRoutes,
  ...bookingRoutes,
  ...loanRoutes,
  ...closingRoutes,
  ...usageRoutes,
});
