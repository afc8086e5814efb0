import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const FILES = {
  'openapi.json': join(import.meta.dirname, '../openapi.json'),
  'swagger-ui-bundle.js': join(SWAGGER_UI, 'swagger-ui-bundle.js'),
  'swagger-ui.css': join(SWAGGER_UI, 'swagger-ui.css'),
};

/**
 * The OpenAPI document and what shows it, compressed once at build time.
 * @returns compressed contents by their names in the bundle
 */
export async function docsAssets(): Promise<Record<string, Buffer>> {
  const compressed = Object.entries(FILES).map(async ([name, path]): Promise<[string, Buffer]> => {
    return [`${name}.gz`, await promisify(gzip)(await readFile(path))];
  });
  return Object.fromEntries(await Promise.all(compressed));
}
