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

/** What the clocks of a time zone show at a moment, as if it were UTC: milliseconds since 1970. */
function localAt(moment: number, timeZone: string): number {
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(moment);
  return Date.parse(`${shown.replace(' ', 'T')}Z`);
}

/** When a day ends in a time zone: the first moment of the next one. @param day ISO 8601 @param timeZone as above */
export function endOf(day: string, timeZone: string): Date {
  const wanted = Date.parse(day) + DAY_MS;
  let moment = wanted;
  // The second look is at the right side of a change of the clocks.
  for (let look = 0; look < 2; look++) moment += wanted - localAt(moment, timeZone);
  return new Date(moment);
}

/** Whether a day has begun, in a time zone; it may be over. @param day ISO 8601 @param timeZone as above */
export function hasBegun(day: string, timeZone: string, now: Date): boolean {
  return isOver(new Date(Date.parse(day) - DAY_MS).toISOString().slice(0, 10), timeZone, now);
}
