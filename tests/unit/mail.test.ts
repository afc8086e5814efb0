import { describe, expect, test } from 'vitest';

import { digestOf, failingMessage, messageOf } from '../../lambdas/notifications/compose.ts';
import { EVENT_TYPES } from '../../lambdas/notifications/event-types.ts';
import { MailKeys } from '../../lambdas/notifications/mail-keys.ts';
import { MAIL_TEXTS } from '../../lambdas/notifications/mail-languages.ts';
import {
  MAIL_TYPES,
  MAILED_EVENT_TYPES,
  type MailName,
  type MailType,
  mailNameOf,
} from '../../lambdas/notifications/mail-types.ts';
import { recipientsOf, whenFor } from '../../lambdas/notifications/recipients.ts';

const LANGUAGES = ['en', 'ru', 'kk'] as const;
const NAMES = Object.keys(MAIL_TYPES) as MailName[];
const LINKS = {
  baseUrl: 'https://api.example.org',
  unsubscribe: 'https://api.example.org/v1/mail/unsubscribe?token=t',
};
const EVENT = {
  time: '2026-03-01T21:30:00.000Z',
  data: {
    ...{ id: '019a8f3e-7c00-7a11-8000-000000000001', action: 'offer', href: '/v1/bookings/019a8f3e' },
    ...{ expiresAt: '2026-03-03T21:30:00.000Z', dueDate: '2026-05-01', endsOn: '2026-12-31', units: 3, nominal: 40 },
    ...{ patient: 'MSK-7F3K-042', diagnosis: 'C71.6', status: 'offered' },
  },
};
const all = LANGUAGES.flatMap((language) => NAMES.map((name) => [language, name] as const));

test('mail is made of events that there are', () => {
  expect(MAILED_EVENT_TYPES.filter((type) => !EVENT_TYPES.includes(type))).toEqual([]);
  expect(MAILED_EVENT_TYPES.map(mailNameOf)).toEqual(NAMES);
  expect(mailNameOf('org.oncology-hub.booking.held.v1')).toBeUndefined();
  expect(mailNameOf('org.oncology-hub.toString.v1')).toBeUndefined();
});

describe.each(all)('in %s, mail of %s', (language, name) => {
  const { subject, text } = messageOf(name, EVENT, { language, timeZone: 'Asia/Almaty' }, LINKS);
  const letters = { en: /[A-Za-z]/g, ru: /[А-Яа-яЁё]/g, kk: /[А-Яа-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі]/g }[language];

  test('has a subject and a text in that language', () => {
    for (const part of [subject, text.split('\n')[0] ?? '']) {
      const words = part.replace(/[^\p{L}]/gu, '');
      expect(words.length).toBeGreaterThan(10);
      expect((part.match(letters) ?? []).length / words.length).toBeGreaterThan(0.95);
      expect(part).toMatch(/^[^a-zа-я{}$<>\n]/);
    }
    expect(subject.length).toBeLessThan(80);
    expect(subject).not.toMatch(/[.!\r\n]$/);
    if (language !== 'en') expect(subject).not.toBe(MAIL_TEXTS.en.events[name].subject);
    if (language === 'kk') expect(subject + text).toMatch(/[әғқңөұүһі]/i);
    if (language === 'ru') expect(subject + text).not.toMatch(/[әғқңөұүһі]/i);
  });

  test('says when there and in UTC, and where to read on; nothing is left to fill in', () => {
    expect(text).toMatch(/Asia\/Almaty\); .*21:30.* \(UTC\)/);
    expect(text).toContain('https://api.example.org/v1/bookings/019a8f3e');
    expect(text).not.toMatch(/undefined|null|NaN|\[object|\$\{|\{\{|TODO/);
  });

  test('says nothing of the patient, nor what is not told', () => {
    expect(subject + text).not.toMatch(/MSK-7F3K-042|C71\.6/);
  });

  test('can be ended unless it is essential', () => {
    const { essential }: MailType = MAIL_TYPES[name];
    expect(text.includes(LINKS.unsubscribe)).toBe(essential !== true);
    expect(text.includes(MAIL_TEXTS[language].essential)).toBe(essential === true);
  });
});

test('times are said as each language says them, in the reader’s time zone', () => {
  const deadlineIn = (language: (typeof LANGUAGES)[number], timeZone: string) =>
    messageOf('booking.offered', EVENT, { language, timeZone }, LINKS).text.split('\n')[2];
  expect(deadlineIn('en', 'Europe/Minsk')).toBe(
    'Deadline: 4 March 2026 at 00:30 (Europe/Minsk); 3 March 2026 at 21:30 (UTC)',
  );
  expect(deadlineIn('en', 'UTC')).toBe('Deadline: 3 March 2026 at 21:30 (UTC)');
  expect(deadlineIn('ru', 'Europe/Minsk')).toMatch(/^Срок: 4 марта 2026 г\. .*00:30 \(Europe\/Minsk\); 3 марта/);
  expect(deadlineIn('kk', 'Asia/Almaty')).toMatch(/^Мерзімі: 2026 ж\. 4 наурыз.*02:30 \(Asia\/Almaty\); 2026 ж\. 3/);
});

test.each(LANGUAGES)('in %s, a digest says all, and a failing mailbox by its role', (language) => {
  const events = NAMES.map((name) => ({ ...EVENT, name }));
  const { text } = digestOf(events, { language, timeZone: 'Europe/Minsk' }, LINKS);
  for (const name of NAMES) expect(text).toContain(`* ${MAIL_TEXTS[language].events[name].subject}\n`);
  for (const role of ['coordination', 'clinical', 'technical', 'legal', 'data-protection'] as const) {
    expect(failingMessage(role, language).text).toContain(`(${MAIL_TEXTS[language].roles[role]})`);
  }
});

describe('a reader', () => {
  const contact = { role: 'clinical', name: 'A. Reader', language: 'en', mail: 'daily' } as const;
  const open = { ended: () => false, fails: () => false };
  const hashOf = (address: string) => `#${address.toLowerCase()}`;

  test('is written to once, however often named, and not without an address', () => {
    const contacts = [{ ...contact, email: 'A@x.example' }, { ...contact, email: 'a@x.example' }, contact];
    expect(recipientsOf({ contacts, version: 1 }, open, hashOf)).toEqual([
      { address: 'A@x.example', hash: '#a@x.example', role: 'clinical', language: 'en', mail: 'daily' },
    ]);
  });

  test('is not written to where mail does not arrive, and gets less by a link', () => {
    const contacts = [{ ...contact, email: 'a@x.example' }];
    const fails = { ...open, fails: (_: string, version: number) => version === 7 };
    expect(recipientsOf({ contacts, version: 7 }, fails, hashOf)).toEqual([]);
    expect(recipientsOf({ contacts, version: 8 }, fails, hashOf)).toHaveLength(1);
    const [ended] = recipientsOf({ contacts, version: 1 }, { ...open, ended: () => true }, hashOf);
    expect(ended?.mail).toBe('essential');
  });

  test.each([
    ['immediate', 'now', 'now'],
    ['daily', 'now', 'daily'],
    ['essential', 'now', 'never'],
  ] as const)('who wants what is %s gets what is essential %s, the rest %s', (mail, essential, rest) => {
    expect(whenFor('booking.offered', { mail })).toBe(essential);
    expect(whenFor('booking.cancelled', { mail })).toBe(rest);
  });
});

describe('keys', () => {
  const keys = new MailKeys('k'.repeat(43));

  test('stand for an address however it is written, and say nothing of it without the secret', () => {
    expect(keys.of('A.Person@Example.org')).toBe(keys.of('a.person@example.org'));
    expect(keys.of('a.person@example.org')).not.toBe(new MailKeys('l'.repeat(43)).of('a.person@example.org'));
    expect(() => new MailKeys('short')).toThrow('32');
  });

  test('sign links that others cannot', () => {
    const mailbox = { institutionId: crypto.randomUUID(), hash: keys.of('a@x.example'), language: 'ru' } as const;
    const token = keys.tokenFor(mailbox);
    expect(keys.read(token)).toEqual(mailbox);
    expect(token).not.toContain('x.example');
    expect(() => new MailKeys('l'.repeat(43)).read(token)).toThrow('has not sent');
    // A hash of an address is no signature under a link.
    expect(() => keys.read(`x.${keys.of('x')}`)).toThrow('has not sent');
  });
});
