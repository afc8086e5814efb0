import { randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import type { BookingRepresentation } from '../../lambdas/quotas/booking-contract.ts';
import { anEvent } from '../support/events.ts';
import { aBooking, act, aGrant, elapse, type Scene } from '../support/factories.ts';
import { caughtUp, DEPLOYED, hub } from '../support/hub.ts';
import { registerFor } from '../support/registrations.ts';
import type { AnswerOf } from '../support/routes.ts';

/** Whoever has to decide about a hold or an offer is reminded while there is time. */

const HOUR = 3_600_000;
const nameOf = ({ id }: { readonly id: string }): string => `booking-${id}`;

/** When somebody will be reminded of a booking. */
async function reminderOf(booking: { readonly id: string }): Promise<Date | undefined> {
  await caughtUp();
  const found = (await hub.oneTimeSchedules()).find(({ name }) => name === nameOf(booking));
  return found && new Date(found.at);
}

type Event = AnswerOf<'listNotifications'>['items'][number];

async function remindersTold({ beneficiary }: Scene, { id }: { readonly id: string }): Promise<Event[]> {
  await caughtUp();
  const { items } = (await beneficiary.coordinator.call('listNotifications', { query: { limit: 100 } })).ok;
  return items.filter(({ subject, data }) => subject === `booking/${id}` && data.action === 'remind');
}

const forCommission = (scene: Scene) => aBooking(scene, 'held', { holdFor: 'commission' });
const endOf = ({ expiresAt = '' }: BookingRepresentation): number => Date.parse(expiresAt);

/** A second: schedules know no fractions. */
const expectAt = (actual: Date | undefined, expected: number): void => {
  expect(Math.abs((actual?.getTime() ?? 0) - expected)).toBeLessThan(2000);
};

describe.skipIf(DEPLOYED)('a reminder', () => {
  test('of a commission’s hold comes when a quarter of its time is left', async () => {
    const booking = await forCommission(await aGrant());
    expectAt(await reminderOf(booking), endOf(booking) - (14 * 24 * HOUR) / 4);
  });

  test('of an offer comes twelve hours before it lapses', async () => {
    const scene = await aGrant({ nominal: 1 });
    const taken = await aBooking(scene, 'booked');
    const { id } = await aBooking(scene, 'held', { joinWaitlist: true });
    await act(scene, 'cancelBooking', taken.id);
    await expect.poll(() => reminderOf({ id })).toBeDefined();
    const { ok: offered } = await scene.beneficiary.coordinator.call('getBooking', { params: { bookingId: id } });
    expectAt(await reminderOf({ id }), endOf(offered) - 12 * HOUR);
  });

  test('of a place at an event comes, too, and is told to whose it is', async () => {
    const scene = await anEvent();
    const { ok: held } = await registerFor(scene, scene.guest, { hold: true });
    const name = `registration-${held.id}`;
    const found = async () => (await hub.oneTimeSchedules()).find((each) => each.name === name);
    await expect.poll(found).toBeDefined();
    expectAt(new Date((await found())?.at ?? 0), Date.parse(held.expiresAt ?? '') - 6 * HOUR);
    await hub.runOneTimeSchedule(name);
    const told = async () => {
      const { items } = (await scene.guest.coordinator.call('listNotifications', { query: { limit: 100 } })).ok;
      return items.filter(({ subject, data }) => subject === `registration/${held.id}` && data.action === 'remind');
    };
    await expect.poll(async () => (await told()).length).toBe(1);
  });

  test('of a hold of minutes does not come', async () => {
    expect(await reminderOf(await aBooking(await aGrant()))).toBeUndefined();
  });

  test.each(['confirmBooking', 'releaseBooking'] as const)('is taken away by %s', async (action) => {
    const scene = await aGrant();
    const booking = await forCommission(scene);
    expect(await reminderOf(booking)).toBeDefined();
    await act(scene, action, booking.id);
    expect(await reminderOf(booking)).toBeUndefined();
  });

  test('is taken away when an offer is accepted, which leaves minutes', async () => {
    const scene = await aGrant({ nominal: 1 });
    const taken = await aBooking(scene, 'booked');
    const { id } = await aBooking(scene, 'held', { joinWaitlist: true });
    await act(scene, 'cancelBooking', taken.id);
    await expect.poll(() => reminderOf({ id })).toBeDefined();
    await act(scene, 'acceptOffer', id);
    expect(await reminderOf({ id })).toBeUndefined();
  });

  test('is told once, with the deadline, and is no change of the booking', async () => {
    const scene = await aGrant();
    const booking = await forCommission(scene);
    await reminderOf(booking);

    await hub.runOneTimeSchedule(nameOf(booking));
    await hub.invoke('QuotasRemind', { bookingId: booking.id, expiresAt: booking.expiresAt });

    const told = await remindersTold(scene, booking);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      type: 'org.oncology-hub.booking.ending.v1',
      data: { status: 'held', expiresAt: booking.expiresAt, href: `/v1/bookings/${booking.id}` },
    });
    const { coordinator } = scene.beneficiary;
    const { ok } = await coordinator.call('getBooking', { params: { bookingId: booking.id } });
    expect(ok.updatedAt).toBe(booking.updatedAt);
    const audit = await coordinator.call('listAudit', { query: { subject: booking.id } });
    expect(audit.ok.items.map(({ action, actor }) => [action, actor])).toEqual([
      ['remind', 'hub'],
      ['hold', `${scene.beneficiary.id}.coordinator`],
    ]);
  });

  test('that comes too late, or of another deadline, is told to nobody', async () => {
    const scene = await aGrant();
    const [decided, over, other] = [await forCommission(scene), await forCommission(scene), await forCommission(scene)];
    await act(scene, 'confirmBooking', decided.id);
    await elapse(over);
    const asked = [
      { bookingId: decided.id, expiresAt: decided.expiresAt },
      { bookingId: over.id, expiresAt: over.expiresAt },
      { bookingId: other.id, expiresAt: '2026-01-01T00:00:00.000Z' },
      { bookingId: randomUUID(), expiresAt: other.expiresAt },
    ];
    for (const event of asked) expect(await hub.invoke('QuotasRemind', event)).toEqual({ reminded: false });
    for (const booking of [decided, over, other]) expect(await remindersTold(scene, booking)).toEqual([]);
  });
});

describe.skipIf(DEPLOYED)('events that come', () => {
  const message = (detail: object) => ({ messageId: randomUUID(), body: JSON.stringify({ detail }) });

  test('twice, late and in the wrong order leave the reminder as the newest has it', async () => {
    const scene = await aGrant();
    const booking = await forCommission(scene);
    expect(await reminderOf(booking)).toBeDefined();
    await act(scene, 'releaseBooking', booking.id);
    expect(await reminderOf(booking)).toBeUndefined();
    const { items } = (await scene.beneficiary.coordinator.call('listNotifications', { query: { limit: 100 } })).ok;
    const [held, released] = items.filter(({ subject }) => subject === `booking/${booking.id}`);
    const next = { ...held!, data: { ...held!.data, version: 5 } };
    const deliver = (...events: readonly object[]) => hub.invoke('RemindersSchedule', { Records: events.map(message) });

    await deliver(next);
    await deliver(released!, held!);
    await deliver(next);

    expectAt(await reminderOf(booking), endOf(booking) - (14 * 24 * HOUR) / 4);
    await deliver({ ...released!, data: { ...released!.data, version: 6 } });
    expect(await reminderOf(booking)).toBeUndefined();
  });

  test('and cannot be read are named, and keep no other waiting', async () => {
    const scene = await aGrant();
    const booking = await forCommission(scene);
    await reminderOf(booking);
    const { items } = (await scene.beneficiary.coordinator.call('listNotifications', { query: { limit: 100 } })).ok;
    const held = items.find(({ subject }) => subject === `booking/${booking.id}`)!;
    const [broken, sound] = [message({}), message({ ...held, data: { ...held.data, version: 7 } })];
    expect(await hub.invoke('RemindersSchedule', { Records: [broken, sound] })).toEqual({
      batchItemFailures: [{ itemIdentifier: broken.messageId }],
    });
    expect(await reminderOf(booking)).toBeDefined();
  });
});
