import type { Ports } from './ports.ts';
import type { ReminderRequest } from './published.ts';
import { isExpired } from './registration-model.ts';

/**
 * Notes that somebody is to be reminded of a place to take, unless it has been decided meanwhile. Done again, it changes
 * nothing.
 * @returns whether there is something to be reminded of
 */
export async function remind({ registrations, now }: Ports, request: ReminderRequest): Promise<boolean> {
  const { registrationId, expiresAt } = request;
  const registration = await registrations.get(registrationId);
  if (registration?.status !== 'held' && registration?.status !== 'offered') return false;
  if (registration.expiresAt !== expiresAt || isExpired(registration, now())) return false;
  const { institutionId, status } = registration;
  await registrations.putReminder({ registrationId, institutionId, status, expiresAt, at: now().toISOString() });
  return true;
}
