import { eventRoutes } from './event-contract.ts';
import { registrationRoutes } from './registration-contract.ts';

/** What is served by the function for events and registrations. */
export const eventsRoutes = {
  ...eventRoutes,
  ...registrationRoutes,
};
