import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const NAMES = ['swagger-ui-bundle.js', 'swagger-ui.css'];

/**
 * The API reference's script and style, compressed once at build time: the function hands the bytes on as they are.
 * @returns target name in the bundle → path of the compressed file
 */
export function docsAssets(): Record<string, string> {
  const source = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const target = join(import.meta.dirname, '../node_modules/.cache/hub-docs');
  mkdirSync(target, { recursive: true });
  return Object.fromEntries(
    NAMES.map((name) => {
      const path = join(target, `${name}.gz`);
      writeFileSync(path, gzipSync(readFileSync(join(source, name)), { level: 9 }));
      return [`${name}.gz`, path];
    }),
  );
}
