import type { Uses } from '../constructs/context-table.ts';

/**
 * What each function of the quotas context does in which partitions of its table; `lambdas/quotas/keys.ts` says what is
 * where. The local runtime refuses everything else, and a test everything that no test has needed.
 */

/** Where a unit is promised, and who waits for one. */
const CLAIMS = ['GRANT#*', 'LINE#*'];
/** Where to look for a patient's other bookings, too. */
const SEARCHED = [...CLAIMS, 'INSTITUTION#*'];
/** Counters of what was lent and of what is left in a pool, beside those of a grant. */
const COUNTED = ['GRANT#*', 'INSTITUTION#*', 'POOL#*'];
const LINES = ['LINE#*'];

export const QUOTAS_USES = {
  http: {
    GetItem: [...CLAIMS, 'AGREEMENT#*', 'POOL#*', 'REQUEST#*', 'SHUT-OUT'],
    Query: SEARCHED,
    PutItem: [...SEARCHED, 'POOL#*', 'READING#*', 'REQUEST#*', 'SWEEP'],
    UpdateItem: ['GRANT#*', 'POOL#*', 'RATE#*'],
    ConditionCheckItem: ['AGREEMENT#*', 'PARTNER#*'],
    DeleteItem: LINES,
  },
  accounting: {
    GetItem: ['GRANT#*', 'LOAN#*', 'POOL#*', 'REQUEST#*', 'SHUT-OUT', 'TRANSFER#*'],
    Query: SEARCHED,
    PutItem: ['GRANT#*', 'LOAN#*', 'REQUEST#*', 'TRANSFER#*'],
    UpdateItem: [...COUNTED, 'RATE#*'],
    ConditionCheckItem: ['PARTNER#*'],
    DeleteItem: LINES,
  },
  sweep: {
    GetItem: ['GRANT#*'],
    Query: [...SEARCHED, 'SWEEP'],
    PutItem: [...CLAIMS, 'RETIRED'],
    UpdateItem: COUNTED,
    DeleteItem: [...LINES, 'SWEEP'],
  },
  settle: {
    GetItem: ['GRANT#*'],
    Query: SEARCHED,
    PutItem: CLAIMS,
    UpdateItem: ['GRANT#*'],
    DeleteItem: LINES,
  },
  ledger: { Query: ['GRANT#*'], PutItem: ['GRANT#*'] },
  reconcile: { Query: ['GRANT#*', 'SWEEP'] },
  closing: {
    GetItem: ['GRANT#*', 'LOAN#*', 'POOL#*', 'REQUEST#*'],
    Query: SEARCHED,
    PutItem: [...CLAIMS, 'LOAN#*', 'REQUEST#*'],
    UpdateItem: COUNTED,
    DeleteItem: LINES,
  },
  remind: { GetItem: ['GRANT#*'], PutItem: ['REMINDER#*'] },
  following: { PutItem: ['AGREEMENT#*', 'PARTNER#*'], UpdateItem: ['SHUT-OUT'] },
} as const satisfies Record<string, Uses>;
