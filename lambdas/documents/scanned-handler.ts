import * as z from 'zod/mini';

import { logJob, logJobFailure } from '../shared/observability/log.ts';
import { takeScan } from './checking.ts';
import { checkPorts } from './deployed-ports.ts';
import type { ScanOutcome } from './model.ts';

const ports = checkPorts();

/** Source: https://docs.aws.amazon.com/guardduty/latest/ug/monitor-with-eventbridge-s3-malware-protection.html */
const ScanResult = z.object({
  detail: z.object({
    s3ObjectDetails: z.object({ objectKey: z.string(), versionId: z.nullish(z.string()) }),
    scanResultDetails: z.object({ scanResultStatus: z.string() }),
  }),
});

/** `FAILED` and `ACCESS_DENIED` say nothing of the file: it stays as it is, and is told of as stuck. */
const OUTCOMES: ReadonlyMap<string, ScanOutcome> = new Map([
  ['NO_THREATS_FOUND', 'clean'],
  ['THREATS_FOUND', 'threats'],
  ['UNSUPPORTED', 'not-scannable'],
]);

/**
 * Takes note of what the scanner has said of a file.
 * @throws what the database threw: then it is tried again
 */
export async function handler(event: unknown): Promise<void> {
  const { s3ObjectDetails, scanResultDetails } = ScanResult.parse(event).detail;
  const outcome = OUTCOMES.get(scanResultDetails.scanResultStatus);
  const { objectKey: key, versionId } = s3ObjectDetails;
  try {
    if (outcome === undefined) throw new Error('The scanner could not say what the file is');
    await takeScan(ports, { key, version: versionId ?? undefined }, outcome);
    logJob('document-scanned', outcome === 'threats' ? { ThreatsFound: 1 } : { [outcome]: 1 });
  } catch (error) {
    logJobFailure('document-scanned', error);
    throw error;
  }
}
