import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import * as z from 'zod/mini';

const CdkJson = z.looseObject({ context: z._default(z.record(z.string(), z.unknown()), {}) });

/** The context of `cdk.json`, for an app that is run without the CDK's command line; what that gives goes first. */
export function cdkContext(): Record<string, unknown> {
  return CdkJson.parse(JSON.parse(readFileSync(join(import.meta.dirname, '../cdk.json'), 'utf8'))).context;
}
