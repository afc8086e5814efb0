/**
 * Stands in for `node:fs/promises` in the bundles, with which the SDK would read configuration files that no function
 * has: see `http.ts`.
 */
export const readFile = (path: string): Promise<Buffer> => process.getBuiltinModule('node:fs/promises').readFile(path);
export const writeFile = (path: string, data: string): Promise<void> =>
  process.getBuiltinModule('node:fs/promises').writeFile(path, data);
