import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';

import { promote } from '../shared/capacity/line.ts';
import { settleLate } from '../shared/capacity/settle.ts';
import { deployedTable } from '../shared/dynamo/deployed-table.ts';
import { handleInOrder, newItem, oldItem } from '../shared/dynamo/stream.ts';
import { logJobFailure } from '../shared/observability/log.ts';
import { cancel, cancelRegistrations } from './cancelling.ts';
import { modesOf } from './event-model.ts';
import { readEvent } from './events-table.ts';
import { accountKey } from './keys.ts';
import { portsOn } from './ports.ts';
import { isLive } from './registration-model.ts';
import { registrationsAsClaims } from './registrations-as-claims.ts';
import { readRegistration } from './registrations-table.ts';

const ports = portsOn(deployedTable());
const claims = registrationsAsClaims(ports);

/** A registration that needs a place has none in its account: only an operator can judge how that came about. */
class RegistrationWithoutPlace extends Error {
  override readonly name = 'RegistrationWithoutPlace';
}

/**
 * Follows what becomes of registrations, and settles their accounts: what was taken at once is shown as confirmed, and what a
 * request has left half-way is finished. The registration is read again, so that a late record never brings an old state back.
 */
async function settle(id: string): Promise<void> {
  const registration = await ports.registrations.get(id);
  if (registration === undefined) return;
  if (isLive(registration) && (await ports.events.get(registration.eventId))?.status === 'cancelled') {
    await cancel(ports, registration);
    return;
  }
  if (await settleLate(claims, registration)) return;
  // It may have ended between the two: then its place is rightly gone.
  const now = await ports.registrations.get(id);
  // Reported, not repeated: trying again would only hold up the records behind it.
  if (now?.version === registration.version) {
    logJobFailure('events-settle', new RegistrationWithoutPlace(), { id, counts: { CapacityDrift: 1 } });
  }
}

/** The same for events: tells who is invited, gives new places to who waits, and ends what is left of a cancelled one. */
async function follow(before: ReturnType<typeof readEvent> | undefined, eventId: string): Promise<void> {
  const event = await ports.events.get(eventId);
  if (event === undefined) return;
  const invited = event.status === 'draft' ? [] : event.invited;
  const left = (before?.invited ?? []).filter((institutionId) => !invited.includes(institutionId));
  await ports.events.invite(event, invited, left);
  if (event.status === 'cancelled') await cancelRegistrations(ports, eventId);
  else for (const mode of modesOf(event)) await promote(claims, accountKey(eventId, mode));
}

export function handler(stream: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return handleInOrder('events-settle', stream, async (record) => {
    const item = newItem(record);
    if (item === undefined) return;
    const before = oldItem(record);
    if (item['sk'] === 'EVENT') await follow(before && readEvent(before), readEvent(item).id);
    else await settle(readRegistration(item).id);
  });
}
