import { stop } from 'esbuild';

import { bundling } from './bundling.ts';

const [portal, contexts] = await bundling;
// Or it would stay, idle, as long as this process.
await stop();

/** The code to deploy, as folders. Whoever imports this waits until it is there. */
export const BUNDLES = { portal, contexts } as const;
