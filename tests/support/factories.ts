import { randomUUID } from 'node:crypto';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';

import { expect } from 'vitest';

import type { BookingRepresentation } from '../../lambdas/quotas/booking-contract.ts';
import type { GrantRepresentation } from '../../lambdas/quotas/grant-contract.ts';
import type { PoolRepresentation } from '../../lambdas/quotas/pool-contract.ts';
import { OFFER_MINUTES } from '../../lambdas/quotas/waiting.ts';
import { encodeHolder, familyOf, holderKey, subjectKey } from '../../lambdas/shared/capacity/holder.ts';
import { api, type Client } from './client.ts';
import { engine, hub, quotasTable } from './hub.ts';

/** A partner's institution of which no other test knows. */
export interface Institution {
  readonly id: string;
  readonly coordinator: Client;
}

/** One that the registry knows as an active partner. */
export async function anInstitution(): Promise<Institution> {
  return institution(await hub.spareInstitution());
}

function institution(id: string): Institution {
  return { id, coordinator: api(id, 'coordinator') };
}

export const PERIOD = { start: '2026-01-01', end: '2099-12-31', timeZone: 'Europe/Ulyanovsk' };

export const aPoolBody = (over: object = {}) => ({ service: 'proton-therapy', period: PERIOD, capacity: 10, ...over });

let patients = 0;
/** A pseudonym nobody has had yet. */
export function aPatient(): string {
  patients += 1;
  return `P-${randomUUID().slice(0, 4)}x-${String(patients).padStart(4, '0')}`;
}

export const aBookingBody = (over: object = {}) => ({
  patient: aPatient(),
  ageBand: '0-17',
  diagnosis: 'C71.6',
  ...over,
});

export async function aPool(provider: Institution, over: object = {}): Promise<PoolRepresentation> {
  return (await provider.coordinator.call('createPool', { body: aPoolBody(over) })).ok;
}

/** A grant and everybody around it. */
export interface Scene {
  readonly provider: Institution;
  readonly beneficiary: Institution;
  readonly pool: PoolRepresentation;
  readonly grant: GrantRepresentation;
}

/** A grant of `nominal` courses in a pool; what is not given is made. */
export async function aGrant({
  provider,
  beneficiary,
  pool,
  nominal = 5,
  poolBody = {},
  grantBody = {},
}: Partial<Omit<Scene, 'grant'>> & {
  readonly nominal?: number;
  readonly poolBody?: object;
  readonly grantBody?: object;
} = {}): Promise<Scene> {
  const giver = provider ?? (await anInstitution());
  const taker = beneficiary ?? (await anInstitution());
  const from = pool ?? (await aPool(giver, { capacity: Math.max(nominal, 10), ...poolBody }));
  const answer = await giver.coordinator.call('createGrant', {
    params: { poolId: from.id },
    body: { beneficiaryId: taker.id, nominal, ...grantBody },
  });
  return { provider: giver, beneficiary: taker, pool: from, grant: answer.ok };
}

/** What stands in the paths of a scene, by parameter. */
export function pathOf(scene: Scene, booking: { readonly id: string }) {
  return {
    poolId: scene.pool.id,
    grantId: scene.grant.id,
    bookingId: booking.id,
    institutionId: scene.beneficiary.id,
  };
}

type Reachable = Exclude<BookingRepresentation['status'], 'expired' | 'waitlisted' | 'offered' | 'withdrawn'>;

/** The actions that lead from a hold to a status. */
const PATHS = {
  held: [],
  booked: ['confirmBooking'],
  'in-treatment': ['confirmBooking', 'arriveBooking'],
  fulfilled: ['confirmBooking', 'arriveBooking', 'completeBooking'],
  released: ['releaseBooking'],
  cancelled: ['confirmBooking', 'cancelBooking'],
  noshow: ['confirmBooking', 'noShowBooking'],
} as const satisfies Record<Reachable, readonly string[]>;

/** A booking on the scene's grant that has come as far as `status`. */
export async function aBooking(
  { beneficiary, grant }: Scene,
  status: BookingRepresentation['status'] = 'held',
  over: object = {},
): Promise<BookingRepresentation> {
  const { coordinator } = beneficiary;
  const held = await coordinator.call('holdBooking', { params: { grantId: grant.id }, body: aBookingBody(over) });
  let booking = held.ok;
  const params = { bookingId: booking.id };
  if (status === 'expired') {
    await elapse(booking);
    await coordinator.call('confirmBooking', { params });
    return (await coordinator.call('getBooking', { params })).ok;
  }
  if (!(status in PATHS)) throw new Error(`No path leads to ${status}`);
  for (const action of PATHS[status as Reachable]) booking = (await coordinator.call(action, { params })).ok;
  return booking;
}

export async function balanceOf({ beneficiary, grant }: Scene): Promise<GrantRepresentation['balance']> {
  return (await beneficiary.coordinator.call('getGrant', { params: { grantId: grant.id } })).ok.balance;
}

type Balance = GrantRepresentation['balance'];

/** Expects a grant's balance, at once. */
export async function expectBalance(read: () => Promise<Balance>, expected: Partial<Balance>): Promise<void> {
  expect(await read()).toMatchObject(expected);
}

/** Calls an action on a booking by the beneficiary's coordinator. */
export function act(
  { beneficiary }: Scene,
  operationId: Parameters<Client['call']>[0] & (`${string}Booking` | 'acceptOffer' | 'declineOffer' | 'setPriority'),
  bookingId: string,
) {
  return beneficiary.coordinator.call(operationId, { params: { bookingId } });
}

const now = (): number => Math.floor(Date.now() / 1000);

/** Changes what is stored as if a hold or an offer had been made longer ago: its time is over since a second. */
export async function elapse(booking: BookingRepresentation): Promise<void> {
  if (booking.expiresAt === undefined) throw new Error('Neither a hold nor an offer');
  // The same in both: an account's holder is only given back if it is exactly the one that the booking had.
  const end = now() - 1;
  const holdMinutes = booking.holdFor === 'interactive' ? 15 : 14 * 24 * 60;
  const minutes = booking.status === 'offered' ? OFFER_MINUTES : holdMinutes;
  const client = await engine();
  const TableName = await quotasTable();
  const pk = `GRANT#${familyOf(booking.id)}`;
  await client.send(
    new UpdateCommand({
      TableName,
      Key: { pk, sk: `BOOKING#${booking.id}` },
      UpdateExpression: 'SET expiresAt = :past',
      ExpressionAttributeValues: { ':past': new Date(end * 1000).toISOString() },
    }),
  );
  const { beneficiaryId, service, patient } = booking;
  await putHolder(booking.id, {
    subject: subjectKey(beneficiaryId, service, patient),
    takenAt: end - minutes * 60,
    minutes,
    units: 0,
  });
}

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/** Changes what is stored as if the last day of courses that were carried over had gone by. */
export async function elapseCarried({ grant }: Scene): Promise<void> {
  const client = await engine();
  await client.send(
    new UpdateCommand({
      TableName: await quotasTable(),
      Key: { pk: `GRANT#${familyOf(grant.id)}`, sk: 'GRANT' },
      UpdateExpression: 'SET carriedUntil = :past',
      ExpressionAttributeValues: { ':past': daysAgo(3) },
    }),
  );
}

/** Changes what is stored as if the period of a pool and of grants in it had ended some days ago. */
export async function elapsePeriod(pool: { readonly id: string }, grants: readonly { readonly id: string }[]) {
  const client = await engine();
  const keys = [
    { pk: `POOL#${pool.id}`, sk: 'POOL' },
    ...grants.map(({ id }) => ({ pk: `GRANT#${familyOf(id)}`, sk: 'GRANT' })),
  ];
  for (const Key of keys) {
    await client.send(
      new UpdateCommand({
        TableName: await quotasTable(),
        Key,
        UpdateExpression: 'SET #period.#end = :end',
        ExpressionAttributeNames: { '#period': 'period', '#end': 'end' },
        ExpressionAttributeValues: { ':end': daysAgo(3) },
      }),
    );
  }
}

/** Leaves a booking changed and its account not, as a step does that dies half-way. */
export async function stepHalfWay(booking: BookingRepresentation, status: BookingRepresentation['status']) {
  const client = await engine();
  await client.send(
    new UpdateCommand({
      TableName: await quotasTable(),
      Key: { pk: `GRANT#${familyOf(booking.id)}`, sk: `BOOKING#${booking.id}` },
      UpdateExpression: 'SET #status = :status, version = version + :one',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':status': status, ':one': 1 },
    }),
  );
}

/** Leaves a unit taken without a booking, as a request does that dies half-way. */
export async function abandonUnit({ grant }: Scene, secondsAgo: number): Promise<void> {
  const id = `${familyOf(grant.id)}-8${randomUUID().slice(1, 4)}-${randomUUID().slice(24)}`;
  await putHolder(id, { subject: 'nobody', takenAt: now() - secondsAgo, minutes: 15, units: 1 });
}

async function putHolder(
  id: string,
  { units, ...holder }: { subject: string; takenAt: number; minutes: number; units: number },
): Promise<void> {
  const client = await engine();
  await client.send(
    new UpdateCommand({
      TableName: await quotasTable(),
      Key: { pk: `GRANT#${familyOf(id)}`, sk: 'GRANT#SEGMENT#00' },
      UpdateExpression: 'SET holders.#id = :holder, committed = committed + :units',
      ExpressionAttributeNames: { '#id': holderKey(id) },
      ExpressionAttributeValues: { ':holder': encodeHolder({ id, state: 'held', ...holder }), ':units': units },
    }),
  );
}
