/** Stands in for `node:fs` in the bundles: see `http.ts`. */
const fs = process.getBuiltinModule('node:fs');
export default fs;
export const { createReadStream, fstatSync, lstatSync, promises, readFileSync, ReadStream } = fs;
