import { logJob } from '../shared/observability/log.ts';
import { checkPorts } from './deployed-ports.ts';
import { sweep } from './sweeping.ts';

const ports = checkPorts();

/**
 * Cleans up after uploads that came to nothing. Runs every hour.
 * @throws what the store or the database threw: the next run goes on where this one ended
 */
export async function handler(): Promise<void> {
  logJob('document-sweep', await sweep(ports));
}
