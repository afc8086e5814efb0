/** Calendar days, each of which begins and ends at a moment of its own in every time zone. Pure. */

const DAY_MS = 86_400_000;

/**
 * Whether a day is over, in a time zone.
 * @param day ISO 8601 @param timeZone a name of the IANA database
 */
export function isOver(day: string, timeZone: string, now: Date): boolean {
  // Far from that day the zone does not matter, and looking it up takes ten milliseconds.
  const dateAt = (hours: number): string => new Date(now.getTime() + hours * 3_600_000).toISOString().slice(0, 10);
  if (dateAt(14) <= day) return false;
  if (dateAt(-12) > day) return true;
  return new Intl.DateTimeFormat('sv-SE', { timeZone }).format(now) > day;
}

/** Making one takes ten milliseconds. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function clocksOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  clocks.set(timeZone, made);
  return made;
}

/** What the clocks of a time zone show at a moment: ISO 8601, to the second. @param timeZone as above */
export function clocksAt(moment: Date | number, timeZone: string): string {
  return clocksOf(timeZone).format(moment).replace(' ', 'T');
}

/**
 * When the clocks of a time zone show a date and time. What they skip when they are put forward is as much later; of what
 * they show twice it is one of the two.
 * @param local ISO 8601, to the minute @param timeZone as above
 */
export function momentOf(local: string, timeZone: string): Date {
  const wanted = Date.parse(`${local}Z`);
  let moment = wanted;
  // The second look is at the right side of a change of the clocks.
  for (let look = 0; look < 2; look++) moment += wanted - Date.parse(`${clocksAt(moment, timeZone)}Z`);
  return new Date(moment);
}

/** When a day ends in a time zone: the first moment of the next one. @param day ISO 8601 @param timeZone as above */
export function endOf(day: string, timeZone: string): Date {
  return momentOf(`${dayAfter(day)}T00:00`, timeZone);
}

const dayAfter = (day: string): string => new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);

/** Whether a day has begun, in a time zone; it may be over. @param day ISO 8601 @param timeZone as above */
export function hasBegun(day: string, timeZone: string, now: Date): boolean {
  return isOver(new Date(Date.parse(day) - DAY_MS).toISOString().slice(0, 10), timeZone, now);
}
