import { applicationRoutes } from './application-contract.ts';
import { cohortRoutes } from './cohort-contract.ts';
import { programmeRoutes } from './programme-contract.ts';

export const trainingRoutes = { ...programmeRoutes, ...cohortRoutes, ...applicationRoutes };
