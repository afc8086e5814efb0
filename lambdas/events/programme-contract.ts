import { abstractRoutes } from './abstract-contract.ts';
import { sessionRoutes } from './session-contract.ts';

/** What is served by the function for the programme, and for the abstracts that come into it. */
export const programmeRoutes = {
  ...sessionRoutes,
  ...abstractRoutes,
};
