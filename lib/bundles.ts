import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { stop } from 'esbuild';

import { bundle } from './constructs/bundle.ts';
import { docsAssets } from './docs-assets.ts';

function openApi(): string {
  return JSON.stringify(JSON.parse(readFileSync(join(import.meta.dirname, '../openapi.json'), 'utf8')));
}

const [portal, institutions, agreements, quotas] = await Promise.all([
  docsAssets().then((assets) =>
    bundle({ context: 'portal', entries: ['handler'], files: { 'openapi.json': openApi(), ...assets } }),
  ),
  bundle({
    context: 'institutions',
    entries: ['handler', 'register-handler', 'members-handler', 'token-handler', 'admission-handler'],
  }),
  bundle({ context: 'agreements', entries: ['handler', 'partners-handler'] }),
  bundle({
    context: 'quotas',
    entries: [
      'handler',
      'accounting-handler',
      'settle-handler',
      'sweep-handler',
      'ledger-handler',
      'reconcile-handler',
      'partners-handler',
      'agreements-handler',
      'closing-handler',
    ],
  }),
]);
// Or it would stay, idle, as long as this process.
await stop();

/**
 * The code of each context, as folders to deploy. All are bundled at once and while the modules of the CDK are loaded:
 * whoever imports this waits until they are there.
 */
export const BUNDLES = { portal, institutions, agreements, quotas } as const;
