/**
 * Stands in for `node:http` in the bundles. Importing a built-in module as an ES module reads every one of its exports,
 * and with them parts of Node that no function needs; this takes a tenth of the time.
 */
const http = process.getBuiltinModule('node:http');
export default http;
export const { STATUS_CODES } = http;
