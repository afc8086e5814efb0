import { clocksAt } from '../shared/days.ts';

/**
 * Time zones as calendars carry them [RFC 5545, VTIMEZONE]: from the database that Node has, so that a calendar shows the same
 * as the Hub itself does, also where a country has changed its mind of late. Each change of the clocks is written out.
 */

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** How far the clocks are ahead of UTC, in minutes. */
function offsetAt(moment: number, timeZone: string): number {
  return Math.round((Date.parse(`${clocksAt(moment, timeZone)}Z`) - moment) / MINUTE_MS);
}

/** When the clocks change within a day, to the minute. */
function changeWithin(from: number, to: number, timeZone: string): number {
  const before = offsetAt(from, timeZone);
  let [earliest, latest] = [from, to];
  while (latest - earliest > MINUTE_MS) {
    const middle = earliest + Math.floor((latest - earliest) / 2 / MINUTE_MS) * MINUTE_MS;
    if (offsetAt(middle, timeZone) === before) earliest = middle;
    else latest = middle;
  }
  return latest;
}

/** `+0530` */
function written(offset: number): string {
  const minutes = Math.abs(offset);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${two(minutes % 60)}`;
}

const compact = (moment: number): string => new Date(moment).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');

/** A span of time with the same offset, from the moment at which the clocks are changed to it. */
function observance(moment: number, from: number, to: number): string[] {
  const kind = to > from ? 'DAYLIGHT' : 'STANDARD';
  return [
    `BEGIN:${kind}`,
    `DTSTART:${compact(moment + from * MINUTE_MS)}`,
    `TZOFFSETFROM:${written(from)}`,
    `TZOFFSETTO:${written(to)}`,
    `TZNAME:${written(to)}`,
    `END:${kind}`,
  ];
}

const zones = new Map<string, string>();

/**
 * A time zone for the years in which there is something in it.
 * @param timeZone a name of the IANA database @param from year @param to year, too
 */
export function vtimezone(timeZone: string, from: number, to: number): string {
  const name = `${timeZone} ${String(from)} ${String(to)}`;
  const known = zones.get(name);
  if (known !== undefined) return known;
  const [begin, end] = [Date.UTC(from, 0, 1) - DAY_MS, Date.UTC(to + 1, 0, 1) + DAY_MS];
  let offset = offsetAt(begin, timeZone);
  const lines = ['BEGIN:VTIMEZONE', `TZID:${timeZone}`, ...observance(begin, offset, offset)];
  for (let day = begin; day < end; day += DAY_MS) {
    const next = offsetAt(day + DAY_MS, timeZone);
    if (next === offset) continue;
    lines.push(...observance(changeWithin(day, day + DAY_MS, timeZone), offset, next));
    offset = next;
  }
  const zone = [...lines, 'END:VTIMEZONE'].join('\r\n');
  zones.set(name, zone);
  return zone;
}
