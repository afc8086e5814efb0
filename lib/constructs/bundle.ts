import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { build, type Plugin } from 'esbuild';

const ROOT = join(import.meta.dirname, '../..');

export interface BundleProps {
  readonly name: string;
  /**
   * Modules with a `handler`, by context: without `.ts`, in its folder under `lambdas/`. They share one bundle, so common
   * code is shipped once. Each is named after its context and itself: `quotas-handler`.
   */
  readonly entries: Readonly<Record<string, readonly string[]>>;
  /** Contents of files shipped beside the code, by name. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

const CACHE = join(ROOT, 'node_modules/.cache/hub');
const START_UP = join(ROOT, 'lambdas/shared/start-up');

/**
 * What is replaced so that a function starts faster. The SDK's default credential chain (files, SSO, instance metadata …)
 * is half of the client's size and start-up time and is never used in Lambda, which has credentials in the environment.
 */
const LEAN = {
  '@aws-sdk/credential-provider-node': 'environment-credentials.ts',
  '@aws-sdk/middleware-endpoint-discovery': 'no-endpoint-discovery.ts',
  '@smithy/core/event-streams': 'no-event-streams.ts',
  // Names browsers to the SDK. No function can load it, but it would be shipped with each.
  bowser: 'nothing.ts',
  debug: 'no-debug.ts',
  'node:http': 'http.ts',
  'node:https': 'https.ts',
  'node:process': 'process.ts',
};

/** A property of a contract that explains it to people. */
const EXPLANATION = /\b(?:advice|description|summary):\s*(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"),?/g;

/** Leaves out what contracts say to people: functions do not read it, `openapi.json` and the problem pages have it. */
const WITHOUT_EXPLANATIONS: Plugin = {
  name: 'without-explanations',
  setup: (building) => {
    building.onLoad(
      {
        filter:
          /[\\/]lambdas[\\/].*(?:contract|contract-parts|errors|problems|values|countries|money|event-types|cloud-event)\.ts$/,
      },
      async ({ path }) => ({
        contents: (await readFile(path, 'utf8')).replace(EXPLANATION, ''),
        loader: 'ts',
      }),
    );
  },
};

/** A constant of a client's schemas, and one used as a name in an object. */
const SCHEMA_CONSTANT = /^const (_\w*) = ("[^"\\]*");$/gm;
const COMPUTED_NAME = /\[(_\w*)\]:/g;
/** How a client is told of the class for an error. */
const ERROR_CLASS = /^n0_registry\.registerError\(\w+\$, (\w+)\);$/gm;
/** The SDK tries again what fails with it, and knows so by its class alone. */
const TRIED_AGAIN = 'ReplicatedWriteConflictException';

/** Errors that functions tell from others by their class. All others have the name that the service gives them. */
function caughtErrors(): ReadonlySet<string> {
  const sources = globSync('lambdas/**/*.ts', { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), 'utf8'));
  const classes = [...sources.join('\n').matchAll(/\binstanceof (\w+)/g)].map(([, name = '']) => name);
  return new Set([...classes, TRIED_AGAIN]);
}

/**
 * Writes computed names in the schemas of the SDK's clients out. A computed name could run code, so that esbuild keeps each
 * schema that has one: those of all operations of a service, of which a function calls a few. The same holds for the classes
 * of all its errors, of which none needs one that nobody asks for: the SDK makes an error of the service's own class then,
 * with the same name.
 */
const WITHOUT_UNUSED_SCHEMAS: Plugin = {
  name: 'without-unused-schemas',
  setup: (building) => {
    const caught = caughtErrors();
    building.onLoad(
      { filter: /[\\/]@aws-sdk[\\/].*[\\/]dist-es[\\/]schemas[\\/]schemas_\d+\.js$/ },
      async ({ path }) => {
        const code = await readFile(path, 'utf8');
        const constants = new Map([...code.matchAll(SCHEMA_CONSTANT)].map(([, name, text]) => [name, text]));
        const contents = code
          .replace(COMPUTED_NAME, (whole, name: string) => {
            const text = constants.get(name);
            return text === undefined ? whole : `${text}:`;
          })
          .replace(ERROR_CLASS, (whole, name: string) => (caught.has(name) ? whole : ''));
        return { contents, loader: 'js' };
      },
    );
  },
};

/** Of a client's package only the version is used, and none of its list of dependencies. */
const WITHOUT_PACKAGE_LISTS: Plugin = {
  name: 'without-package-lists',
  setup: (building) => {
    building.onLoad({ filter: /[\\/]@aws-sdk[\\/][^\\/]+[\\/]package\.json$/ }, async ({ path }) => {
      const [, version = ''] = /"version": ("[^"]*")/.exec(await readFile(path, 'utf8')) ?? [];
      return { contents: `{"version":${version}}`, loader: 'json' };
    });
  },
};

/**
 * Bundles handlers for `nodejs24.x` and returns the folder to deploy: named after what is in it, so that
 * any number of processes can bundle at once.
 */
export async function bundle({ name, entries, files = {} }: BundleProps): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(
      Object.entries(entries).flatMap(([context, modules]) =>
        modules.map((module) => [`${context}-${module}`, join('lambdas', context, `${module}.ts`)]),
      ),
    ),
    outdir: '/',
    outExtension: { '.js': '.mjs' },
    // Each is named in what imports it: a short name is carried a thousand times.
    chunkNames: '[hash]',
    write: false,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    // Or each letter of Russian and Kazakh would be written as six.
    charset: 'utf8',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    legalComments: 'none',
    alias: Object.fromEntries(Object.entries(LEAN).map(([module, file]) => [module, join(START_UP, file)])),
    plugins: [WITHOUT_EXPLANATIONS, WITHOUT_UNUSED_SCHEMAS, WITHOUT_PACKAGE_LISTS],
    logLevel: 'warning',
  });
  const contents = new Map<string, string | Uint8Array>(Object.entries(files));
  for (const { path, contents: code } of outputFiles) contents.set(basename(path), code);
  return folderWith(name, contents);
}

function folderWith(bundleName: string, contents: ReadonlyMap<string, string | Uint8Array>): string {
  const hash = createHash('sha256');
  for (const [name, content] of contents) hash.update(`${name}\0`).update(content);
  const folder = join(CACHE, `${bundleName}-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const draft = mkdtempSync(join(CACHE, 'draft-'));
  for (const [name, content] of contents) writeFileSync(join(draft, name), content);
  try {
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true });
    // Another process was quicker: what it made is the same.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}
