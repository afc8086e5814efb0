import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import * as z from 'zod/mini';

import { Template } from './template.ts';

/** What `cdk synth` leaves behind: the template, and the folders that would be uploaded as code. */
export interface Assembly {
  readonly template: Template;
  /**
   * The folder whose zip a deployment would upload under this key.
   * @throws Error when the assembly has no such asset
   */
  assetFolder(objectKey: string): string;
}

const Manifest = z.looseObject({
  artifacts: z.record(
    z.string(),
    z.looseObject({
      type: z.string(),
      properties: z.optional(z.looseObject({ templateFile: z.optional(z.string()), file: z.optional(z.string()) })),
    }),
  ),
});

const AssetManifest = z.looseObject({
  files: z.record(
    z.string(),
    z.looseObject({
      source: z.looseObject({ path: z.optional(z.string()) }),
      destinations: z.record(z.string(), z.looseObject({ objectKey: z.string() })),
    }),
  ),
});

/**
 * Reads the cloud assembly of an app with one stack.
 * @throws Error when the folder holds none
 */
export function readAssembly(dir: string): Assembly {
  const readJson = (file: string): unknown => JSON.parse(readFileSync(join(dir, file), 'utf8'));
  const artifacts = Object.values(Manifest.parse(readJson('manifest.json')).artifacts);

  const templateFiles = artifacts.flatMap(({ type, properties }) =>
    type === 'aws:cloudformation:stack' ? [properties?.templateFile] : [],
  );
  const [templateFile] = templateFiles;
  if (templateFile === undefined || templateFiles.length > 1) {
    throw new Error(`${dir} must hold exactly one stack, found ${String(templateFiles.length)}.`);
  }

  const folders = new Map<string, string>();
  for (const { type, properties } of artifacts) {
    if (type !== 'cdk:asset-manifest' || properties?.file === undefined) continue;
    for (const { source, destinations } of Object.values(AssetManifest.parse(readJson(properties.file)).files)) {
      if (source.path === undefined) continue;
      for (const { objectKey } of Object.values(destinations)) folders.set(objectKey, join(dir, source.path));
    }
  }

  return {
    template: new Template(readJson(templateFile)),
    assetFolder: (objectKey) => {
      const folder = folders.get(objectKey);
      if (folder === undefined) throw new Error(`The assembly in ${dir} has no asset ${objectKey}.`);
      return folder;
    },
  };
}
