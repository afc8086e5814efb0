import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { openApiDocument } from '../lib/openapi.ts';

/** Writes the committed description of the API: `npm run openapi`. */
writeFileSync(join(import.meta.dirname, '../openapi.json'), `${JSON.stringify(openApiDocument(), null, 2)}\n`);
