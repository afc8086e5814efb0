import type { Key } from '../shared/dynamo/single-table.ts';

/** The partition of all institutions. */
export const PARTITION = 'INSTITUTION';

export const institutionKey = (institutionId: string): Key => ({ pk: PARTITION, sk: institutionId });
