import type { Hub } from './types.ts';

/** Names of the contexts' tables. */
export const contextTables = (hub: Pick<Hub, 'tableName'>) => ({
  institutions: hub.tableName('Institutions'),
  agreements: hub.tableName('Agreements'),
  quotas: hub.tableName('Quotas'),
  training: hub.tableName('Training'),
  events: hub.tableName('Events'),
  documents: hub.tableName('DocumentsData'),
  audit: hub.tableName('Audit'),
  notifications: hub.tableName('Notifications'),
});
