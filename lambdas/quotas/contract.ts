import { defineRoutes } from '../shared/http/route.ts';
import { accountingRoutes } from './accounting-contract.ts';
import { capacityRoutes } from './capacity-contract.ts';

export { accountingRoutes, capacityRoutes };

/** All routes of the quotas context. */
export const quotaRoutes = defineRoutes({ ...capacityRoutes, ...accountingRoutes });
