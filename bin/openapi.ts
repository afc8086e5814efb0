import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { CATALOGUE } from '../lambdas/notifications/event-types.ts';
import { accessPage } from '../lib/access-page.ts';
import { asyncApiDocument } from '../lib/asyncapi.ts';
import { eventsPage } from '../lib/events-page.ts';
import { ALL_PROBLEMS, CONTEXT_ROUTES, openApiDocument } from '../lib/openapi.ts';
import { problemsPage } from '../lib/problems-page.ts';

const ROOT = join(import.meta.dirname, '..');

/** Writes what is committed of the API's description, for machines and for people: `npm run openapi`. */
writeFileSync(join(ROOT, 'openapi.json'), `${JSON.stringify(openApiDocument(), null, 2)}\n`);
writeFileSync(join(ROOT, 'docs/problems.md'), problemsPage(ALL_PROBLEMS));
writeFileSync(join(ROOT, 'docs/access.md'), accessPage(CONTEXT_ROUTES));
writeFileSync(join(ROOT, 'asyncapi.json'), `${JSON.stringify(asyncApiDocument(), null, 2)}\n`);
writeFileSync(join(ROOT, 'docs/events.md'), eventsPage(CATALOGUE));
