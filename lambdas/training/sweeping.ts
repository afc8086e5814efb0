import { contradictsItself } from '../shared/capacity/account.ts';
import { sweepAccount } from '../shared/capacity/sweep.ts';
import { isOver } from '../shared/days.ts';
import { applicationsAsClaims } from './applications-as-claims.ts';
import { cancelApplications } from './cancelling.ts';
import { readCohort } from './cohorts-table.ts';
import { accountKey } from './keys.ts';
import type { Ports } from './ports.ts';

/** What a visit has found and put right. */
export interface Visit {
  readonly lapsed: number;
  readonly settled: number;
  readonly abandoned: number;
  readonly offered: number;
  readonly cancelled: number;
  readonly drifted: boolean;
}

/**
 * Visits a cohort: gives seats back that nobody confirmed or will use, on to who waits, also those whose release day has
 * come; ends what is left of one that was cancelled.
 */
export async function sweepCohort(ports: Ports, cohortId: string): Promise<Visit> {
  const { owner, account, findings } = await sweepAccount(applicationsAsClaims(ports), accountKey(cohortId));
  const found = (what: string): number => findings.filter((finding) => finding === what).length;
  const cohort = owner === undefined ? undefined : readCohort(owner);
  const isCancelled = cohort?.status === 'cancelled';
  const cancelled = isCancelled ? await cancelApplications(ports, cohortId) : 0;
  const isDone = cohort !== undefined && (isCancelled || isOver(cohort.dates.to, cohort.timeZone, ports.now()));
  const held = account.some(({ holders }) => holders.some(({ state }) => state === 'held'));
  if (isDone && !held && cancelled === 0) await ports.cohorts.retire(cohortId);
  return {
    ...{
      lapsed: found('expired'),
      settled: found('settled'),
      abandoned: found('abandoned'),
      offered: found('offered'),
    },
    ...{ cancelled, drifted: contradictsItself(account) },
  };
}
