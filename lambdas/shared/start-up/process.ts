/** Stands in for `node:process` in the bundles: see `http.ts`. */
export default process;
export const { env, versions } = process;
