/** Stands in for `node:stream` in the bundles: see `http.ts`. */
const stream = process.getBuiltinModule('node:stream');
export default stream;
export const { Duplex, PassThrough, Readable, Transform, Writable } = stream;
