import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const NAMES = ['swagger-ui-bundle.js', 'swagger-ui.css'];

/**
 * The API reference's script and style, compressed once at build time: the function hands the bytes on as they are.
 * @returns compressed contents by their names in the bundle
 */
export function docsAssets(): Record<string, Buffer> {
  const source = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  return Object.fromEntries(
    NAMES.map((name) => [`${name}.gz`, gzipSync(readFileSync(join(source, name)), { level: 9 })]),
  );
}
