import { sessionRoutes } from './session-contract.ts';

/** What is served by the function for the programme. */
export const programmeRoutes = {
  ...sessionRoutes,
};
