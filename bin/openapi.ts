import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ALL_PROBLEMS, openApiDocument } from '../lib/openapi.ts';
import { problemsPage } from '../lib/problems-page.ts';

const ROOT = join(import.meta.dirname, '..');

/** Writes what is committed of the API's description, its document and its table of problems: `npm run openapi`. */
writeFileSync(join(ROOT, 'openapi.json'), `${JSON.stringify(openApiDocument(), null, 2)}\n`);
writeFileSync(join(ROOT, 'docs/problems.md'), problemsPage(ALL_PROBLEMS));
