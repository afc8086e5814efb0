import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { accessPage } from '../lib/access-page.ts';
import { ALL_PROBLEMS, CONTEXT_ROUTES, openApiDocument } from '../lib/openapi.ts';
import { problemsPage } from '../lib/problems-page.ts';

const ROOT = join(import.meta.dirname, '..');

/** Writes what is committed of the API's description, its document, its table of problems and who may do what: `npm run openapi`. */
writeFileSync(join(ROOT, 'openapi.json'), `${JSON.stringify(openApiDocument(), null, 2)}\n`);
writeFileSync(join(ROOT, 'docs/problems.md'), problemsPage(ALL_PROBLEMS));
writeFileSync(join(ROOT, 'docs/access.md'), accessPage(CONTEXT_ROUTES));
