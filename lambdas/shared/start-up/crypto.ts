/** Stands in for `node:crypto` in the bundles: see `http.ts`. */
const crypto = process.getBuiltinModule('node:crypto');
export default crypto;
export const { createHash, createHmac, getRandomValues, randomFillSync, randomUUID, timingSafeEqual } = crypto;
