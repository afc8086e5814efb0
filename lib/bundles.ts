import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { stop } from 'esbuild';

import { bundle } from './constructs/bundle.ts';
import { docsAssets } from './docs-assets.ts';

function openApi(): string {
  return JSON.stringify(JSON.parse(readFileSync(join(import.meta.dirname, '../openapi.json'), 'utf8')));
}

const [portal, contexts] = await Promise.all([
  docsAssets().then((assets) =>
    bundle({ name: 'portal', entries: { portal: ['handler'] }, files: { 'openapi.json': openApi(), ...assets } }),
  ),
  bundle({
    name: 'contexts',
    entries: {
      institutions: [
        'handler',
        'clients-handler',
        'register-handler',
        'members-handler',
        'token-handler',
        'admission-handler',
      ],
      agreements: ['handler', 'partners-handler'],
      quotas: [
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
      audit: ['handler', 'quotas-handler', 'agreements-handler', 'institutions-handler', 'anchor-handler'],
    },
  }),
]);
// Or it would stay, idle, as long as this process.
await stop();

/**
 * The code to deploy, as folders: what the portal shows is apart from everything else. All is bundled at once and while the
 * modules of the CDK are loaded: whoever imports this waits until it is there.
 */
export const BUNDLES = { portal, contexts } as const;
