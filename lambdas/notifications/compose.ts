import * as z from 'zod/mini';

import type { ContactRole, MailLanguage } from '../institutions/published.ts';
import type { CloudEvent } from './cloud-event.ts';
import { MAIL_TEXTS } from './mail-languages.ts';
import type { MailTexts } from './mail-texts.ts';
import { MAIL_TYPES, type MailName, type MailType } from './mail-types.ts';

/** Makes mail of events: ids, numbers, times and a link, as the event has them. Pure. */

export interface Message {
  readonly subject: string;
  readonly text: string;
}

export interface Reader {
  readonly language: MailLanguage;
  /** IANA time zone. */
  readonly timeZone: string;
}

export interface Links {
  /** Of the API, without a slash at its end. */
  readonly baseUrl: string;
  /** Where the reader ends what is not essential. */
  readonly unsubscribe: string;
}

/** What mail repeats of an event, if it is there. */
const Told = z.object({
  id: z.string(),
  href: z.optional(z.string()),
  expiresAt: z.optional(z.string()),
  dueDate: z.optional(z.string()),
  endsOn: z.optional(z.string()),
  units: z.optional(z.number()),
  nominal: z.optional(z.number()),
});

/** As the reader reads it: there, and in UTC. */
function instant({ locale }: MailTexts, at: string, timeZone: string): string {
  const format = (zone: string): string =>
    new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: zone }).format(new Date(at));
  const utc = `${format('UTC')} (UTC)`;
  return timeZone === 'UTC' ? utc : `${format(timeZone)} (${timeZone}); ${utc}`;
}

const day = ({ locale }: MailTexts, date: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(date));

/** Lines of `label: fact`. */
function factsOf(texts: MailTexts, event: Pick<CloudEvent, 'data' | 'time'>, timeZone: string, baseUrl: string) {
  const { labels } = texts;
  const { id, href, expiresAt, dueDate, endsOn, units, nominal } = Told.parse(event.data);
  const facts: readonly (readonly [label: string, fact: string | undefined])[] = [
    [labels.deadline, expiresAt && instant(texts, expiresAt, timeZone)],
    [labels.dueDate, dueDate && day(texts, dueDate)],
    [labels.endsOn, endsOn && day(texts, endsOn)],
    [labels.units, units?.toString()],
    [labels.nominal, nominal?.toString()],
    [labels.happened, instant(texts, event.time, timeZone)],
    [labels.reference, id],
    [labels.link, href && baseUrl + href],
  ];
  return facts.flatMap(([label, fact]) => (fact === undefined ? [] : [`${label}: ${fact}`])).join('\n');
}

const ending = ({ footer, unsubscribe }: MailTexts, link: string): string =>
  `-- \n${footer}\n${unsubscribe}: ${link}\n`;

/** What somebody is written of an event. */
export function messageOf(
  name: MailName,
  event: Pick<CloudEvent, 'data' | 'time'>,
  { language, timeZone }: Reader,
  { baseUrl, unsubscribe }: Links,
): Message {
  const texts = MAIL_TEXTS[language];
  const { subject, lead } = texts.events[name];
  const { essential = false }: MailType = MAIL_TYPES[name];
  const end = essential ? `-- \n${texts.footer}\n${texts.essential}\n` : ending(texts, unsubscribe);
  return { subject, text: `${lead}\n\n${factsOf(texts, event, timeZone, baseUrl)}\n\n${end}` };
}

/** An event that has waited for the day's digest. */
export interface Waiting extends Pick<CloudEvent, 'data' | 'time'> {
  readonly name: MailName;
}

/** What has happened since the last digest. */
export function digestOf(
  events: readonly Waiting[],
  { language, timeZone }: Reader,
  { baseUrl, unsubscribe }: Links,
): Message {
  const texts = MAIL_TEXTS[language];
  const parts = events.map(
    (event) => `* ${texts.events[event.name].subject}\n${factsOf(texts, event, timeZone, baseUrl)}`,
  );
  const { subject, lead } = texts.digest;
  return { subject, text: [lead, ...parts, ending(texts, unsubscribe)].join('\n\n') };
}

/** Mail to a contact in a role does not arrive. */
export function failingMessage(role: ContactRole, language: MailLanguage): Message {
  const texts = MAIL_TEXTS[language];
  const { subject, lead } = texts.failing;
  return { subject, text: `${lead(texts.roles[role])}\n\n-- \n${texts.footer}\n${texts.essential}\n` };
}
