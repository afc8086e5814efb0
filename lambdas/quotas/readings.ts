import type { Permission } from '../shared/auth/access.ts';
import type { SubjectType } from '../shared/chain/change.ts';
import type { Booking } from './model.ts';
import type { Ports } from './ports.ts';

/** What bookings are shown to others is written down before they see it. */

/** What was asked for. */
export interface Asked {
  readonly subjectType: SubjectType;
  readonly subject: string;
}

/**
 * Notes which bookings of other institutions somebody is about to be shown. One's own cost nothing.
 * @throws what the database threw: then nothing may be shown
 */
export async function recordReading(
  { quotas, now, newId }: Ports,
  { agent, caller }: Permission,
  asked: Asked,
  bookings: readonly Pick<Booking, 'id' | 'beneficiaryId'>[],
): Promise<void> {
  const others = bookings.filter(({ beneficiaryId }) => beneficiaryId !== caller.institutionId);
  if (others.length === 0) return;
  const shown: Record<string, string[]> = {};
  for (const { id, beneficiaryId } of others) (shown[beneficiaryId] ??= []).push(id);
  await quotas.putReading({ readingId: newId(), ...asked, at: now().toISOString(), by: agent, shown });
}
