import { defineRoutes } from '../shared/http/route.ts';
import { bookingRoutes } from './booking-contract.ts';
import { grantRoutes } from './grant-contract.ts';
import { poolRoutes } from './pool-contract.ts';

/** Offering, granting and booking courses. */
export const capacityRoutes = defineRoutes({
  ...poolRoutes,
  ...grantRoutes,
  ...bookingRoutes,
});
