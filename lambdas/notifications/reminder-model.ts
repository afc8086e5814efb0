import * as z from 'zod/mini';

import type { CloudEvent } from './cloud-event.ts';

/** When to remind of what. Pure. */

/** What ends by itself, and is told with its deadline. */
const BEGINNINGS = ['held', 'offered', 'offer-accepted'];
/** What ends it. */
const ENDINGS = ['confirmed', 'released', 'expired', 'offer-declined', 'offer-lapsed', 'withdrawn'];

/** Milliseconds. Who has less than this at first needs no reminder: they are at it. */
const SHORTEST = 60 * 60_000;
/** How much of the time that there was at first is left when somebody is reminded. */
const LEFT = 1 / 4;

const Deadline = z.object({ id: z.string(), version: z.int(), expiresAt: z.optional(z.string()) });

/** What an event means for the reminder of its booking. */
export interface Reminding {
  readonly bookingId: string;
  /** Of the booking: what an earlier version means is over. */
  readonly version: number;
  /** `undefined` when there is nothing to be reminded of any more. */
  readonly due: { readonly at: Date; readonly expiresAt: string } | undefined;
}

/** @returns `undefined` for an event that means nothing for reminders */
export function remindingOf({ type, time, data }: CloudEvent): Reminding | undefined {
  const [, , subjectType, name = ''] = type.split('.');
  if (subjectType !== 'booking') return undefined;
  if (!BEGINNINGS.includes(name) && !ENDINGS.includes(name)) return undefined;
  const { id: bookingId, version, expiresAt } = Deadline.parse(data);
  if (expiresAt === undefined || !BEGINNINGS.includes(name)) return { bookingId, version, due: undefined };
  const [begun, ends] = [Date.parse(time), Date.parse(expiresAt)];
  const at = new Date(ends - (ends - begun) * LEFT);
  return { bookingId, version, due: ends - begun < SHORTEST ? undefined : { at, expiresAt } };
}
