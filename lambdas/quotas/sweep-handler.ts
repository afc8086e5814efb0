import { type Finding, sweepAccount } from '../shared/capacity/sweep.ts';
import { logJob, logJobFailure } from '../shared/observability/log.ts';
import { bookingsAsClaims } from './bookings-as-claims.ts';
import { deployedPorts } from './deployed-ports.ts';
import { accountKey } from './keys.ts';

const ports = deployedPorts();
const claims = bookingsAsClaims(ports);

const GRANTS_AT_ONCE = 10;
const PAGE = 100;

/** One account that cannot be read or swept must not keep the others waiting: it is reported at the end. */
async function sweepGrant(grantId: string): Promise<readonly (Finding | 'failed')[]> {
  try {
    return await sweepAccount(claims, accountKey(grantId));
  } catch (error) {
    logJobFailure('sweep', error, grantId);
    return ['failed'];
  }
}

/**
 * Visits the account of every grant and gives back what nobody will use.
 * @returns how many grants were visited, and what was found and put right
 * @throws Error after all were visited, when some of them could not be swept
 */
export async function handler(): Promise<Record<Exclude<Finding, 'nothing'> | 'grants' | 'failed', number>> {
  const found = { grants: 0, expired: 0, abandoned: 0, settled: 0, failed: 0, nothing: 0 };
  let after: string | undefined;
  do {
    const page = await ports.quotas.listSweptGrants(PAGE, after);
    found.grants += page.entries.length;
    for (let start = 0; start < page.entries.length; start += GRANTS_AT_ONCE) {
      const batch = page.entries.slice(start, start + GRANTS_AT_ONCE);
      const findings = await Promise.all(batch.map(({ id }) => sweepGrant(id)));
      for (const finding of findings.flat()) found[finding] += 1;
    }
    after = page.next;
  } while (after !== undefined);
  const { nothing: _, ...counts } = found;
  logJob('sweep', counts);
  if (counts.failed > 0) throw new Error(`${String(counts.failed)} grants could not be swept`);
  return counts;
}
