import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const NAMES = ['swagger-ui-bundle.js', 'swagger-ui.css'];

/**
 * The API reference's script and style, compressed once at build time: the function hands the bytes on as they are.
 * @returns compressed contents by their names in the bundle
 */
export async function docsAssets(): Promise<Record<string, Buffer>> {
  const source = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const compressed = NAMES.map(async (name): Promise<[string, Buffer]> => {
    return [`${name}.gz`, await promisify(gzip)(await readFile(join(source, name)), { level: 9 })];
  });
  return Object.fromEntries(await Promise.all(compressed));
}
