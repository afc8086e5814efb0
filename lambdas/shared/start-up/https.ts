/** Stands in for `node:https` in the bundles: see `http.ts`. */
export default process.getBuiltinModule('node:https');
