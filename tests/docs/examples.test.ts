import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Role } from '../../lambdas/shared/auth/vocabulary.ts';
import { seedDemo } from '../../lib/local/demo/seed.ts';
import { type Hub, startHub } from '../../lib/local/hub.ts';
import { openStore } from '../../lib/local/store.ts';
import { canRun, renewed } from './examples.ts';

/**
 * What the pages say that their examples print is what they print, on a Hub with the data of the demonstration.
 * `npx vitest run tests/docs -u`, then `npm run format`, writes anew what has changed.
 */

let hub: Hub;
const dataDir = mkdtempSync(join(tmpdir(), 'hub-'));
beforeAll(async () => {
  hub = await startHub({ dataDir });
  await seedDemo(hub, openStore(dataDir));
});
afterAll(async () => {
  await hub.stop();
  rmSync(dataDir, { recursive: true });
});

const ROOT = join(import.meta.dirname, '../..');

test.runIf(canRun())('the examples print what the pages say', { timeout: 120_000 }, async () => {
  const shell = {
    url: hub.url,
    token: ({ institution, role, scope }: { institution: string; role: string; scope?: string | undefined }) =>
      hub.token({ institution, role: role as Role, ...(scope === undefined ? {} : { scopes: [scope] }) }),
  };
  for (const [file, ...part] of [
    ['README.md', '## A first booking', '## Tests'],
    ['docs/api.md', '## Examples'],
  ] as const) {
    const path = join(ROOT, file);
    await expect(await renewed(readFileSync(path, 'utf8'), part, shell)).toMatchFileSnapshot(path);
  }
});
