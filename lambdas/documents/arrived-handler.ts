import * as z from 'zod/mini';

import { logJob, logJobFailure } from '../shared/observability/log.ts';
import { takeIn } from './checking.ts';
import { checkPorts } from './deployed-ports.ts';

const ports = checkPorts();

/** Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
const ObjectCreated = z.object({
  detail: z.object({
    object: z.object({ key: z.string(), 'version-id': z.optional(z.string()) }),
  }),
});

/**
 * Checks a file that has arrived in the store.
 * @throws what the store or the database threw: then it is tried again
 */
export async function handler(event: unknown): Promise<void> {
  const { key, 'version-id': version } = ObjectCreated.parse(event).detail.object;
  try {
    const arrival = await takeIn(ports, { key, version });
    logJob('document-arrived', arrival === 'orphan' ? { DocumentsOrphaned: 1 } : { [arrival]: 1 });
  } catch (error) {
    logJobFailure('document-arrived', error);
    throw error;
  }
}
