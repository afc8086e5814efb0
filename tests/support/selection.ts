/** Whether everything is tried (`npm run test:long`), or what fits into a quick run. */
export const isLong = process.env['HUB_SEQUENCES'] !== undefined;
