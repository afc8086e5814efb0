import { marshall } from '@aws-sdk/util-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';

import { EVENT_TYPES } from '../../lambdas/notifications/event-types.ts';
import { anAgreement } from '../support/agreements.ts';
import { api } from '../support/client.ts';
import { aBooking, act, aGrant, anInstitution, type Scene } from '../support/factories.ts';
import { caughtUp, hub } from '../support/hub.ts';
import { changeStatus } from '../support/institutions.ts';
import { aLoan, aPair } from '../support/loans.ts';
import type { AnswerOf } from '../support/routes.ts';

type Event = AnswerOf<'listNotifications'>['items'][number];

const typeOf = (what: string): string => `org.oncology-hub.${what}.v1`;

/** Everything an institution has been told of, and where to go on. */
async function feedOf(
  institutionId: string,
  { after, limit = 100 }: { after?: string | undefined; limit?: number } = {},
) {
  await caughtUp();
  const events: Event[] = [];
  for (let cursor = after; ; ) {
    const { items, next } = (
      await api(institutionId).call('listNotifications', { query: { limit, ...(cursor && { cursor }) } })
    ).ok;
    events.push(...items);
    if (items.length === 0) return { events, next };
    cursor = next;
  }
}

const about = (events: readonly Event[], subject: string) => events.filter((event) => event.subject === subject);
const typesOf = (events: readonly Event[]) => events.map(({ type }) => type);

let scene: Scene;
beforeAll(async () => {
  scene = await aGrant({ nominal: 2 });
});

test('an event says what happened to what, where to read it, and who did it', async () => {
  const { beneficiary, grant } = scene;
  const { id } = await aBooking(scene);

  const [event] = about((await feedOf(beneficiary.id)).events, `booking/${id}`);

  expect(event).toEqual({
    specversion: '1.0',
    id: `${beneficiary.id}.${event?.sequence ?? ''}`,
    source: `/v1/institutions/${beneficiary.id}`,
    type: typeOf('booking.held'),
    subject: `booking/${id}`,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
    datacontenttype: 'application/json',
    sequence: expect.stringMatching(/^\d{10}$/) as string,
    data: {
      ...{ id, href: `/v1/bookings/${id}`, action: 'hold', version: 1, by: beneficiary.id },
      ...{ grantId: grant.id, status: 'held', expiresAt: expect.any(String) as string },
    },
  });
});

test('both sides of a booking are told of each step, in its order', async () => {
  const { id } = await aBooking(scene, 'booked');
  await act(scene, 'cancelBooking', id);
  const steps = ['held', 'confirmed', 'cancelled'].map((step) => typeOf(`booking.${step}`));

  for (const side of [scene.beneficiary, scene.provider]) {
    expect(typesOf(about((await feedOf(side.id)).events, `booking/${id}`))).toEqual(steps);
  }
});

test('who waits is told of the offer and of its deadline', async () => {
  const narrow = await aGrant({ nominal: 1 });
  const taken = await aBooking(narrow, 'booked');
  const { id } = await aBooking(narrow, 'held', { joinWaitlist: true });
  await act(narrow, 'cancelBooking', taken.id);

  await expect
    .poll(async () => about((await feedOf(narrow.beneficiary.id)).events, `booking/${id}`).at(-1))
    .toMatchObject({
      type: typeOf('booking.offered'),
      data: { status: 'offered', expiresAt: expect.any(String) as string, href: `/v1/bookings/${id}` },
    });
});

test('the parties of a loan and of an agreement are told, and nobody else', async () => {
  const pair = await aPair();
  const loan = await aLoan(pair, 1);
  const agreement = await anAgreement();
  const stranger = await anInstitution();

  for (const { id } of [pair.lender.beneficiary, pair.borrower.beneficiary, pair.lender.provider]) {
    expect(typesOf(about((await feedOf(id)).events, `loan/${loan.id}`))).toContain(typeOf('loan.proposed'));
  }
  for (const { id } of agreement.parties) {
    expect(typesOf(about((await feedOf(id)).events, `agreement/${agreement.id}`))).toContain(
      typeOf('agreement.proposed'),
    );
  }
  expect((await feedOf(stranger.id)).events.filter(({ subject }) => !subject.startsWith('institution/'))).toEqual([]);
});

describe('a feed', () => {
  test.each([1, 2, 3, 100])('shows each event once and in order, by pages of %i', async (limit) => {
    const all = (await feedOf(scene.beneficiary.id)).events;
    const { events } = await feedOf(scene.beneficiary.id, { limit });
    expect(events).toEqual(all);
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map(({ sequence }) => sequence).toSorted());
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });

  test('goes on where it ended, and has nothing twice', async () => {
    const { next } = await feedOf(scene.beneficiary.id);
    const { id } = await aBooking(await aGrant({ beneficiary: scene.beneficiary, nominal: 1 }));

    const { events, next: later } = await feedOf(scene.beneficiary.id, { after: next });

    expect(typesOf(events)).toEqual([typeOf('grant.granted'), typeOf('booking.held')]);
    expect(events.at(-1)?.subject).toBe(`booking/${id}`);
    expect((await feedOf(scene.beneficiary.id, { after: later })).events).toEqual([]);
  });

  test('has no page to go on with while nothing has been told', async () => {
    // Somebody whom no registry has told of.
    const answer = await api(crypto.randomUUID()).call('listNotifications');
    expect(answer.ok).toEqual({ items: [] });
  });

  test('tells of nothing that is not in the catalogue', async () => {
    const { events } = await feedOf(scene.provider.id);
    expect(events.length).toBeGreaterThan(3);
    for (const { type } of events) expect(EVENT_TYPES).toContain(type);
  });

  test('of another institution is not found, but for who sees everything', async () => {
    const institutionId = scene.beneficiary.id;
    const query = { institutionId };
    expect((await scene.provider.coordinator.call('listNotifications', { query })).code).toBe('not-found');
    const auditor = api(scene.provider.id, 'auditor');
    expect((await auditor.call('listNotifications', { query })).ok.items.length).toBeGreaterThan(0);
  });

  test('tells of what an institution was while it was shut out, too', async () => {
    const { id } = await anInstitution();
    await changeStatus(id, 'suspend');
    await changeStatus(id, 'activate');
    await caughtUp();
    const auditor = api(scene.provider.id, 'auditor');
    const types = typesOf((await auditor.call('listNotifications', { query: { institutionId: id } })).ok.items);
    expect(types.slice(-2)).toEqual([typeOf('institution.suspended'), typeOf('institution.activated')]);
  });
});

test('events told again change nothing', async () => {
  const before = await feedOf(scene.beneficiary.id);
  const rows = (await api(scene.beneficiary.id).call('listAudit', { query: { limit: 20 } })).ok.items;
  const records = rows.map((row) => ({
    eventName: 'INSERT',
    dynamodb: {
      Keys: { pk: { S: `CHAIN#${scene.beneficiary.id}` } },
      NewImage: { ...marshall(row, { removeUndefinedValues: true }), pk: { S: `CHAIN#${scene.beneficiary.id}` } },
      SequenceNumber: String(row.sequence),
    },
  }));
  // Newest first, which is the wrong way round, and twice.
  for (let time = 0; time < 2; time++) {
    expect(await hub.invoke('NotificationsPublish', { Records: records })).toEqual({ batchItemFailures: [] });
  }
  expect(await feedOf(scene.beneficiary.id)).toEqual(before);
});
