import { setTimeout as sleep } from 'node:timers/promises';

import type { Finding, FindingKind, GrantRecords } from '../../lambdas/quotas/findings.ts';
import { RETIRED, SWEEP } from '../../lambdas/quotas/keys.ts';
import { auditGrant } from '../../lambdas/quotas/ledger-audit.ts';
import { readRecords } from '../../lambdas/quotas/ledger-operations.ts';
import type { QuotasData } from './quotas-data.ts';

/** Milliseconds between two looks at what is still under way. */
const LOOK_AGAIN_AFTER = 2000;

/** What a finding means, after what it is about. */
const MEANINGS: Readonly<Record<FindingKind, string>> = {
  edited: 'is not as it was written: its hash is another',
  'out-of-sequence': 'does not have the number of its place: rows were removed, added or moved',
  'not-linked': 'does not follow from the row before it: a row was changed, removed, added or moved',
  'out-of-time': 'is older than the row before it',
  unreadable: 'is no row of a ledger',
  'wrong-balance': 'has a balance that is not the sum of the rows',
  'version-without-row': 'has no row: it was removed or cut off, or never written',
  'version-with-two-rows': 'has more than one row',
  'row-without-version': 'is about something that there is not',
  'row-of-another': 'is of another grant’s ledger',
  'row-differs-from-version': 'tells something else than what there is',
  'grant-differs-from-ledger': 'is entitled to something else than its rows add up to',
  'booking-differs-from-ledger': 'is in another state than its rows say',
  'account-differs-from-grant': 'has an account with another entitlement or suspension: rebuild the counters',
  'account-differs-from-booking': 'does not count in the account as it should: rebuild the counters',
  'holder-without-booking': 'counts in the account and is no booking there: rebuild the counters',
  'segment-miscounted': 'counts another number of units than it has holders: rebuild the counters',
  'segment-unreadable': 'of the account cannot be read: rebuild the counters',
};

export function sentence({ kind, about }: Finding): string {
  return `${about} ${MEANINGS[kind]}`;
}

export interface Audit extends GrantRecords {
  readonly findings: readonly Finding[];
}

/**
 * Audits a grant, and looks again for as long as what was found may be under way.
 * @param onWait is told once
 * @returns `undefined` when there is no such grant
 */
export async function auditSettled(
  data: QuotasData,
  grantId: string,
  onWait: () => void = () => undefined,
): Promise<Audit | undefined> {
  let told = false;
  for (;;) {
    const records = await readRecords(data.ports, grantId);
    if (records === undefined) return undefined;
    const findings = auditGrant(records, data.ports.now());
    if (!findings.some(({ young }) => young)) return { ...records, findings };
    if (!told) onWait();
    told = true;
    await sleep(LOOK_AGAIN_AFTER);
  }
}

/** The ids of all grants. */
export async function* allGrants({ ports: { quotas } }: QuotasData): AsyncGenerator<string> {
  for (const partition of [SWEEP, RETIRED] as const) {
    let after: string | undefined;
    do {
      const page = await quotas.listSweptGrants(100, after, partition);
      for (const { id } of page.entries) yield id;
      after = page.next;
    } while (after !== undefined);
  }
}
