import { abstractRoutes } from './abstract-contract.ts';
import { reportRoutes } from './report-contract.ts';
import { sessionRoutes } from './session-contract.ts';

/** What is served by the function for the programme, for the abstracts that come into it, and for what became of it. */
export const programmeRoutes = {
  ...sessionRoutes,
  ...abstractRoutes,
  ...reportRoutes,
};
