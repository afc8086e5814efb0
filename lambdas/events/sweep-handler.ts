import { inBatches } from '../shared/batches.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { logJob, logJobFailure } from '../shared/observability/log.ts';
import { portsOn } from './ports.ts';
import { sweepEvent } from './sweeping.ts';

const ports = portsOn(deployedTable());

const EVENTS_AT_ONCE = 10;
const PAGE = 100;

const nothing = {
  events: 0,
  failed: 0,
  expired: 0,
  settled: 0,
  abandoned: 0,
  offered: 0,
  cancelled: 0,
  assigned: 0,
  CapacityDrift: 0,
};
type Counts = typeof nothing;

/** An event's account contradicts itself: only an operator can judge how that came about. */
class CapacityDrift extends Error {
  override readonly name = 'CapacityDrift';
}

/** One account that cannot be read or swept must not keep the others waiting: it is reported at the end. */
async function visit(eventId: string): Promise<Counts> {
  try {
    const { drifted, ...found } = await sweepEvent(ports, eventId);
    if (drifted) logJobFailure('events-sweep', new CapacityDrift(), { id: eventId });
    return { ...nothing, events: 1, ...found, CapacityDrift: drifted ? 1 : 0 };
  } catch (error) {
    logJobFailure('events-sweep', error, { id: eventId });
    return { ...nothing, events: 1, failed: 1 };
  }
}

/**
 * Visits every event in which something can still happen by itself.
 * @returns how many, and what was found and put right
 * @throws Error after all were visited, when some of them could not be
 */
export async function handler(): Promise<Counts> {
  const sum = { ...nothing };
  let after: string | undefined;
  do {
    const page = await ports.events.listSwept(PAGE, after);
    for (const counts of await inBatches(page.entries, EVENTS_AT_ONCE, ({ id }) => visit(id))) {
      sum.events += counts.events;
      sum.failed += counts.failed;
      sum.expired += counts.expired;
      sum.settled += counts.settled;
      sum.abandoned += counts.abandoned;
      sum.offered += counts.offered;
      sum.cancelled += counts.cancelled;
      sum.assigned += counts.assigned;
      sum.CapacityDrift += counts.CapacityDrift;
    }
    after = page.next;
  } while (after !== undefined);
  logJob('events-sweep', sum);
  if (sum.failed > 0) throw new Error(`${String(sum.failed)} events could not be swept`);
  return sum;
}
