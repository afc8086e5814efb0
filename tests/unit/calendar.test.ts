import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';

import { calendarText } from '../../lambdas/events/calendar.ts';
import { vtimezone } from '../../lambdas/events/calendar-zones.ts';
import type { Event } from '../../lambdas/events/event-model.ts';
import type { Session } from '../../lambdas/events/session-model.ts';
import { momentOf } from '../../lambdas/shared/days.ts';

/** Calendars, as another program reads them. */

const BY = { actor: 'test', role: 'coordinator' } as const;
const ID = '019a8f3e-7c00-7a11-8000-000000000001';

const anEvent = (over: Partial<Event> = {}): Event => ({
  ...{ id: ID, organiserId: ID, kind: 'congress', coOrganisers: [], languages: ['ru', 'en'], invited: [], cases: [] },
  title: { en: 'Congress of oncologists', ru: 'Съезд онкологов, Минск; 2026' },
  ...{ timeZone: 'Europe/Minsk', starts: '2026-05-14T09:00', ends: '2026-05-16T18:00' },
  venue: {
    place: { country: 'BY', city: { en: 'Minsk' }, address: { en: '1 Main St' } },
    link: 'https://meet.example.org/c',
  },
  ...{ places: { online: { capacity: 5, kept: [] } }, registration: { from: '2026-01-01', to: '2026-05-01' } },
  ...{ approval: false, offerHours: 48, sponsors: [], rooms: [{ id: 'hall', name: { en: 'Hall' } }], tracks: [] },
  ...{ visibility: 'public', status: 'published', version: 3, by: BY },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-02-03T04:05:06.000Z' },
  ...over,
});

const aSession = (over: Partial<Session> = {}): Session => ({
  ...{ id: '019a8f3e-7c00-7a11-8000-000000000002', eventId: ID, title: { en: 'Opening' }, kind: 'plenary' },
  ...{ starts: '2026-05-14T10:00', ends: '2026-05-14T11:00', room: 'hall', languages: [], chairs: [], abstracts: [] },
  speakers: [{ code: 'SPK-1', displayName: 'Dr A. Speaker' }],
  ...{ status: 'planned', sequence: 2, concerned: [], version: 3, by: BY },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-02-03T04:05:06.000Z' },
  ...over,
});

const textOf = (events: readonly Event[], over: object = {}) =>
  calendarText({
    name: 'Hub',
    source: 'https://hub.example.org/v1/calendar.ics',
    events,
    links: true,
    language: undefined,
    ...over,
  });

/** Reads a calendar; what it says of a time is judged by the time zones that it brings itself. */
function read(text: string) {
  ICAL.TimezoneService.reset();
  const calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
  for (const zone of calendar.getAllSubcomponents('vtimezone')) ICAL.TimezoneService.register(zone);
  const entries = calendar.getAllSubcomponents('vevent').map((component) => new ICAL.Event(component));
  return { calendar, entries };
}
const value = (component: ICAL.Component, name: string): unknown => component.getFirstPropertyValue(name);

describe('a calendar', () => {
  test('says when and where an event is, in whichever zone', () => {
    const { calendar, entries } = read(textOf([anEvent()]));
    const [entry] = entries;
    expect(value(calendar, 'version')).toBe('2.0');
    expect(value(calendar, 'name')).toBe('Hub');
    expect(entry?.uid).toBe(`${ID}@oncology-hub`);
    expect(entry?.summary).toBe('Congress of oncologists');
    expect(entry?.location).toBe('1 Main St, Minsk, BY');
    expect(entry?.startDate.zone.tzid).toBe('Europe/Minsk');
    expect(entry?.startDate.toJSDate().toISOString()).toBe('2026-05-14T06:00:00.000Z');
    expect(entry?.endDate.toJSDate().toISOString()).toBe('2026-05-16T15:00:00.000Z');
    expect(entry?.component.getFirstPropertyValue('conference')).toBe('https://meet.example.org/c');
  });

  test('is the same for the same events, and counts their changes', () => {
    expect(textOf([anEvent()])).toBe(textOf([anEvent()]));
    const sequences = [anEvent(), anEvent({ version: 7 })].map((event) => read(textOf([event])).entries[0]?.sequence);
    expect(sequences).toEqual([2, 6]);
  });

  test('says what is cancelled', () => {
    const { entries } = read(
      textOf([anEvent({ status: 'cancelled' })], { sessions: [aSession({ status: 'cancelled' })] }),
    );
    expect(entries.map(({ component }) => component.getFirstPropertyValue('status'))).toEqual([
      'CANCELLED',
      'CANCELLED',
    ]);
  });

  test('has each session with its room, its speakers and its link', () => {
    const { entries } = read(
      textOf([anEvent()], {
        sessions: [aSession(), aSession({ id: ID.replace('1', '9'), link: 'https://meet.example.org/s' })],
      }),
    );
    expect(entries[1]).toMatchObject({
      summary: 'Opening',
      location: 'Hall',
      description: 'Dr A. Speaker',
      sequence: 2,
    });
    expect(entries.map(({ component }) => component.getFirstPropertyValue('conference'))).toEqual([
      'https://meet.example.org/c',
      'https://meet.example.org/c',
      'https://meet.example.org/s',
    ]);
  });

  test('shows links only to who may see them, and the language that is wanted', () => {
    const text = textOf([anEvent()], { links: false, language: 'ru' });
    expect(text).not.toContain('meet.example.org');
    expect(read(text).entries[0]?.summary).toBe('Съезд онкологов, Минск; 2026');
  });

  test('is folded at seventy-five octets, whatever letters there are, and ends its lines as it should', () => {
    const long = 'Протонная терапия опухолей головного мозга у детей '.repeat(3).trim();
    const link = `https://meet.example.org/${'x'.repeat(300)}`;
    const text = textOf([anEvent({ title: { ru: long }, venue: { link } })]);
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    expect(read(text).entries[0]).toMatchObject({ summary: long });
    expect(read(text).entries[0]?.component.getFirstPropertyValue('conference')).toBe(link);
  });

  test('cannot be broken by what somebody writes', () => {
    const evil = 'x\r\nEND:VEVENT\r\nBEGIN:VEVENT\\nSUMMARY:y;,"';
    const { entries } = read(textOf([anEvent({ title: { en: evil }, summary: { en: evil } })]));
    expect(entries).toHaveLength(1);
    expect(entries[0]?.summary.replaceAll('\n', '')).toBe(evil.replaceAll('\r\n', ''));
  });

  test('of nothing is a calendar all the same', () => {
    expect(read(textOf([])).entries).toEqual([]);
  });

  test('of an event with five hundred sessions takes less than a twentieth of a second', () => {
    const sessions = Array.from({ length: 500 }, (_, index) =>
      aSession({
        id: `019a8f3e-7c00-7a11-8000-${String(index).padStart(12, '0')}`,
        starts: `2026-05-1${String(4 + (index % 3))}T10:00`,
      }),
    );
    textOf([anEvent()], { sessions });
    const times = Array.from({ length: 9 }, () => {
      const begun = performance.now();
      textOf([anEvent()], { sessions });
      return performance.now() - begun;
    });
    // The least of several: what else the machine does is not the calendar's.
    expect(Math.min(...times)).toBeLessThan(50);
  });
});

describe('a time zone', () => {
  test.each([
    'Europe/Minsk',
    'Asia/Almaty',
    'Europe/Berlin',
    'Asia/Shanghai',
    'Asia/Muscat',
    'America/St_Johns',
    'Asia/Tashkent',
  ])('%s is the same to another program as to the Hub, at every hour of two years', (timeZone) => {
    const zone = new ICAL.Timezone(new ICAL.Component(ICAL.parse(vtimezone(timeZone, 2024, 2025)) as unknown[]));
    for (let day = 0; day < 730; day++) {
      const local = `${new Date(Date.UTC(2024, 0, 1) + day * 86_400_000).toISOString().slice(0, 10)}T12:00`;
      const time = ICAL.Time.fromDateTimeString(`${local}:00`);
      time.zone = zone;
      expect(`${local} ${time.toJSDate().toISOString()}`).toBe(`${local} ${momentOf(local, timeZone).toISOString()}`);
    }
  });

  test('knows that Kazakhstan has had one time since 1 March 2024', () => {
    expect(vtimezone('Asia/Almaty', 2024, 2024)).toContain('TZOFFSETFROM:+0600\r\nTZOFFSETTO:+0500');
  });
});
