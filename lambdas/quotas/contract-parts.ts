import * as z from 'zod/mini';

import { CalendarDate, Id, TimeZone } from '../shared/values.ts';

/** What the contracts of pools, grants and bookings have in common. */

export const Period = z
  .strictObject({ start: CalendarDate, end: CalendarDate, timeZone: TimeZone })
  .check(z.refine(({ start, end }) => start <= end, { path: ['end'], message: 'must not be before start' }))
  .register(z.globalRegistry, { id: 'Period', description: 'First and last day, in a time zone.' });
export type Period = z.infer<typeof Period>;

export const Illustrative = z
  .optional(z.boolean())
  .register(z.globalRegistry, { description: 'The numbers are an illustration, not a source’s.' });

export const poolParams = z.strictObject({ poolId: Id });
export const grantParams = z.strictObject({ grantId: Id });
export const bookingParams = z.strictObject({ bookingId: Id });
