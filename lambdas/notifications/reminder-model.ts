import * as z from 'zod/mini';

import type { CloudEvent } from './cloud-event.ts';

/** When to remind of what. Pure. */

/** What somebody can be reminded of. */
export type Reminded = 'booking' | 'application' | 'registration';

/** What ends by itself, and is told with its deadline; and what ends it. */
const REMINDED: Readonly<
  Record<Reminded, { readonly beginnings: readonly string[]; readonly endings: readonly string[] }>
> = {
  booking: {
    beginnings: ['held', 'offered', 'offer-accepted'],
    endings: ['confirmed', 'released', 'expired', 'offer-declined', 'offer-lapsed', 'withdrawn'],
  },
  registration: {
    beginnings: ['held', 'offered'],
    endings: ['confirmed', 'expired', 'cancelled'],
  },
  application: { beginnings: ['accepted'], endings: ['confirmed', 'lapsed', 'withdrawn', 'cancelled'] },
};

const isReminded = (subjectType: string): subjectType is Reminded => Object.hasOwn(REMINDED, subjectType);

/** Milliseconds. Who has less than this at first needs no reminder: they are at it. */
const SHORTEST = 60 * 60_000;
/** How much of the time that there was at first is left when somebody is reminded. */
const LEFT = 1 / 4;

const Deadline = z.object({ id: z.string(), version: z.int(), expiresAt: z.optional(z.string()) });

/** What an event means for the reminder of what it is about. */
export interface Reminding {
  readonly of: Reminded;
  readonly id: string;
  /** Of what it is about: what an earlier version means is over. */
  readonly version: number;
  /** `undefined` when there is nothing to be reminded of any more. */
  readonly due: { readonly at: Date; readonly expiresAt: string } | undefined;
}

/** @returns `undefined` for an event that means nothing for reminders */
export function remindingOf({ type, time, data }: CloudEvent): Reminding | undefined {
  const [, , of = '', name = ''] = type.split('.');
  if (!isReminded(of)) return undefined;
  const { beginnings, endings } = REMINDED[of];
  if (!beginnings.includes(name) && !endings.includes(name)) return undefined;
  const { id, version, expiresAt } = Deadline.parse(data);
  if (expiresAt === undefined || !beginnings.includes(name)) return { of, id, version, due: undefined };
  const [begun, ends] = [Date.parse(time), Date.parse(expiresAt)];
  const at = new Date(ends - (ends - begun) * LEFT);
  return { of, id, version, due: ends - begun < SHORTEST ? undefined : { at, expiresAt } };
}
