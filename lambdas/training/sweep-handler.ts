import { inBatches } from '../shared/batches.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { logJob, logJobFailure } from '../shared/observability/log.ts';
import { portsOn } from './ports.ts';
import { sweepCohort } from './sweeping.ts';

const ports = portsOn(deployedTable());

const COHORTS_AT_ONCE = 10;
const PAGE = 100;

const nothing = {
  cohorts: 0,
  failed: 0,
  lapsed: 0,
  settled: 0,
  abandoned: 0,
  offered: 0,
  cancelled: 0,
  CapacityDrift: 0,
};
type Counts = typeof nothing;

/** A cohort's account contradicts itself: only an operator can judge how that came about. */
class CapacityDrift extends Error {
  override readonly name = 'CapacityDrift';
}

/** One account that cannot be read or swept must not keep the others waiting: it is reported at the end. */
async function visit(cohortId: string): Promise<Counts> {
  try {
    const { drifted, ...found } = await sweepCohort(ports, cohortId);
    if (drifted) logJobFailure('training-sweep', new CapacityDrift(), { id: cohortId });
    return { ...nothing, cohorts: 1, ...found, CapacityDrift: drifted ? 1 : 0 };
  } catch (error) {
    logJobFailure('training-sweep', error, { id: cohortId });
    return { ...nothing, cohorts: 1, failed: 1 };
  }
}

/**
 * Visits every cohort in which something can still happen by itself.
 * @returns how many, and what was found and put right
 * @throws Error after all were visited, when some of them could not be
 */
export async function handler(): Promise<Counts> {
  const sum = { ...nothing };
  let after: string | undefined;
  do {
    const page = await ports.cohorts.listSwept(PAGE, after);
    for (const counts of await inBatches(page.entries, COHORTS_AT_ONCE, ({ id }) => visit(id))) {
      sum.cohorts += counts.cohorts;
      sum.failed += counts.failed;
      sum.lapsed += counts.lapsed;
      sum.settled += counts.settled;
      sum.abandoned += counts.abandoned;
      sum.offered += counts.offered;
      sum.cancelled += counts.cancelled;
      sum.CapacityDrift += counts.CapacityDrift;
    }
    after = page.next;
  } while (after !== undefined);
  logJob('training-sweep', sum);
  if (sum.failed > 0) throw new Error(`${String(sum.failed)} cohorts could not be swept`);
  return sum;
}
