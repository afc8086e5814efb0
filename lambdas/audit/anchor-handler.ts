import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { environment } from '../shared/environment.ts';
import { logJob } from '../shared/observability/log.ts';
import { AnchorBucket } from './anchor-bucket.ts';
import { anchorChains } from './anchor-operations.ts';
import { AuditTable } from './audit-table.ts';

const ports = {
  audit: new AuditTable(deployedTable()),
  bucket: new AnchorBucket(environment('BUCKET_NAME')),
  now: () => new Date(),
  keptDays: Number(environment('KEPT_DAYS')),
};

/**
 * Makes sure that today has its anchor. Runs every hour, so that a run that failed is made good by the next one.
 * @throws what the bucket or the database threw
 */
export async function handler(): Promise<void> {
  const anchored = await anchorChains(ports);
  logJob('audit-anchor', { AuditAnchored: 1, ...(anchored === undefined ? {} : { chains: anchored }) });
}
