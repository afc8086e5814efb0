import type { ReminderRequest } from '../quotas/published.ts';
import type { CloudEvent } from './cloud-event.ts';
import { remindingOf } from './reminder-model.ts';
import type { Scheduler } from './scheduler.ts';

/** Milliseconds: a schedule in the past is refused. */
const SOON = 60_000;

export interface ReminderPorts {
  readonly scheduler: Pick<Scheduler, 'versionOf' | 'put' | 'remove'>;
  readonly now: () => Date;
}

/**
 * Makes, moves or takes away the reminder of the booking an event is about. Events may come twice and in any order: what
 * an earlier version of the booking means is left alone. Where two meet, a reminder may be left that is in vain: whoever
 * is run by it looks again.
 */
export async function scheduleReminder({ scheduler, now }: ReminderPorts, event: CloudEvent): Promise<void> {
  const reminding = remindingOf(event);
  if (reminding === undefined) return;
  const { bookingId, version, due } = reminding;
  const name = `booking-${bookingId}`;
  const known = await scheduler.versionOf(name);
  if (known !== undefined && known >= version) return;
  const earliest = now().getTime() + SOON;
  if (due === undefined || Date.parse(due.expiresAt) <= earliest) {
    if (known !== undefined) await scheduler.remove(name);
    return;
  }
  const request: ReminderRequest = { bookingId, expiresAt: due.expiresAt };
  await scheduler.put(name, new Date(Math.max(due.at.getTime(), earliest)), { ...request, version });
}
