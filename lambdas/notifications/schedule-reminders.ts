import type { ReminderRequest as RegistrationReminder } from '../events/published.ts';
import type { ReminderRequest as BookingReminder } from '../quotas/published.ts';
import type { ReminderRequest as ApplicationReminder } from '../training/published.ts';
import type { CloudEvent } from './cloud-event.ts';
import { type Reminded, remindingOf } from './reminder-model.ts';
import type { Scheduler } from './scheduler.ts';

/** Milliseconds: a schedule in the past is refused. */
const SOON = 60_000;

export interface ReminderPorts {
  readonly scheduler: Pick<Scheduler, 'versionOf' | 'put' | 'remove'>;
  readonly now: () => Date;
}

/**
 * Makes, moves or takes away the reminder of what an event is about. Events may come twice and in any order: what an
 * earlier version means is left alone. Where two meet, a reminder may be left that is in vain: whoever
 * is run by it looks again.
 */
export async function scheduleReminder({ scheduler, now }: ReminderPorts, event: CloudEvent): Promise<void> {
  const reminding = remindingOf(event);
  if (reminding === undefined) return;
  const { of, id, version, due } = reminding;
  const name = `${of}-${id}`;
  const known = await scheduler.versionOf(name);
  if (known !== undefined && known >= version) return;
  const earliest = now().getTime() + SOON;
  if (due === undefined || Date.parse(due.expiresAt) <= earliest) {
    if (known !== undefined) await scheduler.remove(name);
    return;
  }
  const at = new Date(Math.max(due.at.getTime(), earliest));
  await scheduler.put(name, at, of, { ...requestOf(of, id, due.expiresAt), version });
}

function requestOf(
  of: Reminded,
  id: string,
  expiresAt: string,
): BookingReminder | ApplicationReminder | RegistrationReminder {
  switch (of) {
    case 'booking':
      return { bookingId: id, expiresAt };
    case 'application':
      return { applicationId: id, expiresAt };
    case 'registration':
      return { registrationId: id, expiresAt };
  }
}
