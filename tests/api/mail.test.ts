import { describe, expect, test } from 'vitest';

import { MAIL_TEXTS } from '../../lambdas/notifications/mail-languages.ts';
import type { MailName } from '../../lambdas/notifications/mail-types.ts';
import { aBooking, act, aGrant, anInstitution, type Scene } from '../support/factories.ts';
import { allItems, caughtUp, DEPLOYED, hub, hubFacts } from '../support/hub.ts';
import { anAddress, mailTo, nameContacts, subjectsTo } from '../support/mail.ts';

/** Mail to people: who gets what, when, and in which language. How they get less of it: `mail-less.test.ts`. */

const subject = (name: MailName, language: 'en' | 'ru' | 'kk' = 'en') => MAIL_TEXTS[language].events[name].subject;

/** Somebody waits for the only course, and is offered it. */
async function anOffer(scene: Scene): Promise<string> {
  const taken = await aBooking(scene, 'booked');
  const { id } = await aBooking(scene, 'held', { joinWaitlist: true });
  await act(scene, 'cancelBooking', taken.id);
  return id;
}

/** A partner cancels what was booked, which is not essential to the other one. */
async function aCancellation(scene: Scene): Promise<string> {
  const { id } = await aBooking(scene, 'booked');
  await act(scene, 'cancelBooking', id);
  return id;
}

const digestLine = async (institutionId: string) =>
  (await allItems()).filter(({ pk, sk }) => pk === 'DIGEST' && String(sk).startsWith(institutionId));

describe.skipIf(DEPLOYED)('an offer', () => {
  test('is mailed to the contacts it concerns, to each in their language', async () => {
    const scene = await aGrant({ nominal: 1 });
    const [en, ru, kk, legal] = [anAddress(), anAddress(), anAddress(), anAddress()];
    await nameContacts(scene.beneficiary.id, [
      { role: 'coordination', email: en },
      { role: 'clinical', email: ru, language: 'ru', mail: 'daily' },
      { role: 'clinical', email: kk, language: 'kk', mail: 'essential' },
      { role: 'legal', email: legal },
    ]);
    const id = await anOffer(scene);
    const { url } = await hubFacts();

    for (const [address, language] of [
      [en, 'en'],
      [ru, 'ru'],
      [kk, 'kk'],
    ] as const) {
      await expect.poll(() => subjectsTo(address)).toContain(subject('booking.offered', language));
      const booking = (await scene.beneficiary.coordinator.call('getBooking', { params: { bookingId: id } })).ok;
      const mail = (await mailTo(address)).find((each) => each.subject === subject('booking.offered', language));
      const { locale, labels, events, essential } = MAIL_TEXTS[language];
      const inUtc = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
      expect(mail?.text).toContain(events['booking.offered'].lead);
      expect(mail?.text).toMatch(new RegExp(`^${labels.deadline}: .+ \\(\\w+/\\w+\\); `, 'm'));
      expect(mail?.text).toContain(`${inUtc.format(new Date(booking.expiresAt ?? ''))} (UTC)`);
      expect(mail?.text).toContain(`${url}/v1/bookings/${id}`);
      expect(mail?.text).toContain(essential);
      // It cannot be ended.
      expect(mail?.headers).toEqual({ 'Auto-Submitted': 'auto-generated' });
      // Nothing of the patient's.
      for (const secret of [booking.patient, booking.diagnosis]) expect(JSON.stringify(mail)).not.toContain(secret);
    }
    expect(await mailTo(legal)).toEqual([]);
  });

  test('is mailed once, however often it is told', async () => {
    const scene = await aGrant({ nominal: 1 });
    const [address, second] = [anAddress(), anAddress()];
    await nameContacts(scene.beneficiary.id, [{ role: 'clinical', email: address }]);
    const id = await anOffer(scene);
    await expect.poll(() => subjectsTo(address)).toEqual([subject('booking.offered')]);
    const feed = await scene.beneficiary.coordinator.call('listNotifications', { query: { limit: 100 } });
    const detail = feed.ok.items.find((each) => each.type.includes('booking.offered') && each.data.id === id);
    const record = { messageId: 'again', body: JSON.stringify({ source: 'org.oncology-hub', detail }) };

    // Who is named meanwhile gets it, too; who has it already does not.
    const contacts = [address, second].map((email) => ({ role: 'clinical', email }));
    await nameContacts(scene.beneficiary.id, contacts, 1);
    await Promise.all([1, 2, 3].map(() => hub.invoke('MailMailer', { Records: [record, record] })));
    expect(await hub.invoke('MailMailer', { Records: [record] })).toEqual({ batchItemFailures: [] });
    for (const each of [address, second]) expect(await subjectsTo(each)).toEqual([subject('booking.offered')]);
  });
});

describe.skipIf(DEPLOYED)('what is not essential', () => {
  test('is mailed at once, once a day, or not at all, and only to others than who did it', async () => {
    const scene = await aGrant({ nominal: 3 });
    await caughtUp();
    const [now, daily, never, own] = [anAddress(), anAddress(), anAddress(), anAddress()];
    await nameContacts(scene.provider.id, [
      { role: 'coordination', email: now },
      { role: 'clinical', email: daily, mail: 'daily', language: 'ru' },
      { role: 'clinical', email: never, mail: 'essential' },
    ]);
    await nameContacts(scene.beneficiary.id, [{ role: 'coordination', email: own }]);
    const ids = [await aCancellation(scene), await aCancellation(scene)];
    const [confirmed, cancelled] = [subject('booking.confirmed'), subject('booking.cancelled')];
    await expect
      .poll(async () => (await subjectsTo(now)).toSorted())
      .toEqual([cancelled, cancelled, confirmed, confirmed]);
    expect(await mailTo(own)).toEqual([]);
    expect(await mailTo(daily)).toEqual([]);

    await hub.runSchedule('MailDigestSchedule');

    const [digest, ...more] = await mailTo(daily);
    expect(more).toEqual([]);
    expect(digest?.subject).toBe(MAIL_TEXTS.ru.digest.subject);
    const parts = digest?.text.split('\n* ').slice(1) ?? [];
    expect(parts.map((part) => part.split('\n')[0])).toEqual(ids.map(() => subject('booking.cancelled', 'ru')));
    for (const [index, id] of ids.entries()) expect(parts[index]).toContain(`/v1/bookings/${id}`);
    expect(digest?.headers['List-Unsubscribe']).toContain('/v1/mail/unsubscribe?token=');
    await hub.runSchedule('MailDigestSchedule');
    expect(await mailTo(daily)).toHaveLength(1);
    expect(await mailTo(never)).toEqual([]);
  });

  test('is in no digest of who has left the contacts, or has had enough, before it was sent', async () => {
    const scene = await aGrant({ nominal: 1 });
    const { id } = scene.provider;
    const [gone, ended] = [anAddress(), anAddress()];
    const readers = [gone, ended].map((email) => ({ role: 'clinical', email, mail: 'daily' }) as const);
    await nameContacts(id, readers);
    await aCancellation(scene);
    await expect.poll(async () => (await caughtUp(), digestLine(id))).toHaveLength(2);
    await nameContacts(id, [{ role: 'clinical', email: ended, mail: 'essential' }], 1);
    await hub.runSchedule('MailDigestSchedule');
    expect([await mailTo(gone), await mailTo(ended)]).toEqual([[], []]);
    expect(await digestLine(id)).toEqual([]);
  });
});

test.skipIf(DEPLOYED)('a message that cannot be handled comes back, and no other one with it', async () => {
  const { id } = await anInstitution();
  const email = anAddress();
  await nameContacts(id, [{ role: 'coordination', email }]);
  const detail = {
    ...{ specversion: '1.0', id: `${id}.0000009999`, source: `/v1/institutions/${id}`, subject: 'grant/1' },
    ...{ type: 'org.oncology-hub.grant.suspended.v1', time: '2026-03-01T10:00:00.000Z', sequence: '0000009999' },
    ...{ datacontenttype: 'application/json', data: { id: crypto.randomUUID(), action: 'suspend' } },
  };
  const bodyOf = (over: object) => JSON.stringify({ source: 'org.oncology-hub', detail: { ...detail, ...over } });
  const records = [
    { messageId: 'bad', body: bodyOf({ time: 1 }) },
    { messageId: 'good', body: bodyOf({}) },
  ];
  expect(await hub.invoke('MailMailer', { Records: records })).toEqual({
    batchItemFailures: [{ itemIdentifier: 'bad' }],
  });
  expect(await subjectsTo(email)).toEqual([subject('grant.suspended')]);
});

test.skipIf(DEPLOYED)('no table but that of contacts has an address, and no log', async () => {
  await caughtUp();
  const traced = (value: unknown) => /mailbox\.example|simulator\.amazonses/.test(JSON.stringify(value));
  const items = (await allItems()).filter(traced);
  expect(items.length).toBeGreaterThan(0);
  expect(items.filter(({ pk }) => !String(pk).startsWith('CONTACTS#'))).toEqual([]);
  expect((await hub.logs()).filter(traced)).toEqual([]);
});

test.skipIf(DEPLOYED)('what was mailed is shown on this machine', async () => {
  const { url } = await hubFacts();
  const list = await (await fetch(`${url}/dev/mail`)).text();
  const [, path = ''] = /<a href="(\/dev\/mail\/[^"]+)">/.exec(list) ?? [];
  expect(await (await fetch(url + path)).text()).toContain('@');
  expect(await (await fetch(`${url}${path}.eml`)).text()).toMatch(/^From: Oncology Collaboration Hub <no-reply@/m);
  expect((await fetch(`${url}/dev/mail/..%2f..%2fqueues`)).status).toBe(404);
});
