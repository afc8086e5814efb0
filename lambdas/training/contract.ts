import { applicationRoutes } from './application-contract.ts';
import { budgetRoutes } from './budget-contract.ts';
import { cohortRoutes } from './cohort-contract.ts';
import { programmeRoutes } from './programme-contract.ts';
import { reportRoutes } from './report-contract.ts';
import { travelGrantRoutes } from './travel-grant-contract.ts';

export const trainingRoutes = {
  ...programmeRoutes,
  ...cohortRoutes,
  ...applicationRoutes,
  ...budgetRoutes,
  ...travelGrantRoutes,
  ...reportRoutes,
};
