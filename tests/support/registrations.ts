import { randomUUID } from 'node:crypto';

import { UpdateCommand } from '@aws-sdk/lib-dynamodb';

import type { RegistrationRepresentation } from '../../lambdas/events/registration-contract.ts';
import { encodeHolder, familyOf, holderKey, subjectKey } from '../../lambdas/shared/capacity/holder.ts';
import type { Client } from './client.ts';
import type { Occasion } from './events.ts';
import type { Institution } from './factories.ts';
import { caughtUp, engine, hubFacts } from './hub.ts';
import { day } from './training.ts';

/** Registrations for events. */

/** A pseudonym nobody has had yet. */
export const anAttendee = (over: object = {}) => ({ pseudonym: `STAFF-${randomUUID().slice(0, 8)}-7`, ...over });

export const aRegistrationBody = (over: object = {}) => ({ mode: 'on-site', attendees: [anAttendee()], ...over });

/** @param over of the body */
export function registerFor(
  { event }: Pick<Occasion, 'event'>,
  { coordinator }: Pick<Institution, 'coordinator'>,
  over: object = {},
  options: Parameters<Client['call']>[1] = {},
) {
  const params = { eventId: event.id };
  return coordinator.call('createRegistration', { params, body: aRegistrationBody(over), ...options });
}

type Action =
  | `${'approve' | 'decline' | 'confirm' | 'cancel' | 'checkIn'}Registration`
  | `${'accept' | 'decline'}RegistrationOffer`;

export function actOnRegistration(who: Institution, action: Action, { id }: { readonly id: string }, options = {}) {
  return who.coordinator.call(action, { params: { registrationId: id }, ...options });
}

export async function registrationSeenBy({ coordinator }: Institution, { id }: { readonly id: string }) {
  return (await coordinator.call('getRegistration', { params: { registrationId: id } })).ok;
}

const now = (): number => Math.floor(Date.now() / 1000);

/** Changes what is stored as if a place had been held or offered longer ago: its time to be taken is over since a second. */
export async function elapsePlace({ id, mode }: RegistrationRepresentation): Promise<void> {
  const client = await engine();
  const TableName = (await hubFacts()).tables.events;
  const takenAt = now() - 601;
  const { Attributes = {} } = await client.send(
    new UpdateCommand({
      TableName,
      Key: { pk: `REGISTRATIONS#${familyOf(id)}`, sk: `REGISTRATION#${id}` },
      UpdateExpression: 'SET expiresAt = :past, takenAt = :at',
      ExpressionAttributeValues: { ':past': new Date((takenAt + 600) * 1000).toISOString(), ':at': takenAt },
      ReturnValues: 'ALL_NEW',
    }),
  );
  const holder = { id, subject: subjectKey(id), state: 'held' as const, takenAt, minutes: 10 };
  await client.send(
    new UpdateCommand({
      TableName,
      Key: {
        pk: `PLACES#${mode}#${familyOf(id)}`,
        sk: `PLACES#SEGMENT#${String(Attributes['segment']).padStart(2, '0')}`,
      },
      UpdateExpression: 'SET holders.#id = :holder',
      ConditionExpression: 'attribute_exists(holders.#id)',
      ExpressionAttributeNames: { '#id': holderKey(id) },
      ExpressionAttributeValues: { ':holder': encodeHolder(holder) },
    }),
  );
}

/** Somebody who has attended: the event goes on. */
export async function anAttended(scene: Occasion, over: object = {}) {
  const { ok } = await registerFor(scene, scene.guest, over);
  await moveInTime(scene, `${day(0)}T00:00`, `${day(1)}T23:00`);
  const attended = await actOnRegistration(scene.organiser, 'checkInRegistration', ok);
  await caughtUp();
  return attended;
}

/** Changes what is stored as if an event were held at another time. */
export async function moveInTime({ event }: Pick<Occasion, 'event'>, starts: string, ends: string): Promise<void> {
  const client = await engine();
  await client.send(
    new UpdateCommand({
      TableName: (await hubFacts()).tables.events,
      Key: { pk: `EVENT#${familyOf(event.id)}`, sk: 'EVENT' },
      UpdateExpression: 'SET starts = :starts, ends = :ends',
      ExpressionAttributeValues: { ':starts': starts, ':ends': ends },
    }),
  );
}
