import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { Benchmark } from '../benchmark.ts';
import { HTTP_FUNCTIONS } from '../setting/http-functions.ts';
import { rounded } from '../statistics.ts';

/** Static and dynamic imports of a sibling file, as esbuild writes them. */
const SIBLING = /(?:from|import)\s*\(?\s*["']\.\/([\w.-]+)["']/g;

/** The files of a bundle that its entry can ever load. */
function reachable(folder: string, entry: string, found = new Set<string>()): Set<string> {
  if (found.has(entry)) return found;
  found.add(entry);
  for (const [, name = ''] of readFileSync(join(folder, entry), 'utf8').matchAll(SIBLING)) {
    reachable(folder, name, found);
  }
  return found;
}

export const bundleBenchmark: Benchmark = {
  name: 'bundle',
  description: 'minified code that each HTTP function can load, in KB of 1000 bytes',
  run: ({ setting }) => {
    const functions = HTTP_FUNCTIONS.map(({ name, logicalId }) => {
      const { folder, module } = setting.deployed(logicalId);
      const bytes = [...reachable(folder, module)].map((file) => statSync(join(folder, file)).size);
      return [name, { bundleKB: rounded(bytes.reduce((sum, size) => sum + size, 0) / 1000, 1) }] as const;
    });
    return Promise.resolve({ functions: Object.fromEntries(functions) });
  },
};
