import { isExpired } from './application-model.ts';
import type { Ports } from './ports.ts';
import type { ReminderRequest } from './published.ts';

/**
 * Notes that somebody is to be reminded of a seat to confirm, unless it has been decided meanwhile. Done again, it changes
 * nothing.
 * @returns whether there is something to be reminded of
 */
export async function remind({ applications, now }: Ports, request: ReminderRequest): Promise<boolean> {
  const { applicationId, expiresAt } = request;
  const application = await applications.get(applicationId);
  if (application?.status !== 'accepted') return false;
  if (application.confirmBy !== expiresAt || isExpired(application, now())) return false;
  const { institutionId } = application;
  await applications.putReminder({ applicationId, institutionId, expiresAt, at: now().toISOString() });
  return true;
}
