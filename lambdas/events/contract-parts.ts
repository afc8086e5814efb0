import * as z from 'zod/mini';

import { Country } from '../shared/countries.ts';
import { distinct, FreeText, Link } from '../shared/meetings.ts';
import { Money } from '../shared/money.ts';
import { CalendarDate, Id, LocalizedText } from '../shared/values.ts';

/** What events are made of. */

export const eventParams = z.strictObject({ eventId: Id });

export const EventKind = z.enum(['congress', 'conference', 'seminar', 'telebridge']).register(z.globalRegistry, {
  id: 'EventKind',
  description: 'A telebridge links named institutions, for an hour or a day.',
});

/** How somebody takes part. */
export const MODES = ['on-site', 'online'] as const;
export const Mode = z
  .enum(MODES)
  .register(z.globalRegistry, { id: 'AttendanceMode', description: 'How somebody takes part.' });
export type Mode = z.infer<typeof Mode>;

/** Both modes together; what is kept is in segments of its own, and all of an account is written in one transaction. */
export const MOST_PLACES = 5000;
export const MOST_KEPT = 10;

const Places = z.int().check(z.minimum(1), z.maximum(MOST_PLACES));

const KeptPlaces = z
  .strictObject({
    institutionId: Id,
    places: Places,
    releaseDate: CalendarDate.check().register(z.globalRegistry, {
      description: 'From this day on everybody may have those that are free.',
    }),
  })
  .register(z.globalRegistry, {
    id: 'KeptPlaces',
    description: 'Places that are kept for an institution until a day.',
  });

const ModePlaces = z
  .strictObject({ capacity: Places, kept: z._default(z.array(KeptPlaces).check(z.maxLength(MOST_KEPT)), []) })
  .register(z.globalRegistry, {
    id: 'ModePlaces',
    description: 'How many can take part in one way, and for whom some are kept.',
  });
export type ModePlaces = z.infer<typeof ModePlaces>;

export const PlacePlan = z
  .strictObject({ 'on-site': z.optional(ModePlaces), online: z.optional(ModePlaces) })
  .check(z.refine((plan) => MODES.some((mode) => plan[mode] !== undefined), 'must have places on site or online'))
  .register(z.globalRegistry, {
    id: 'PlacePlan',
    description: 'The places by attendance mode; a mode that is not named is not offered.',
  });
export type PlacePlan = z.infer<typeof PlacePlan>;

export const EventVenue = z
  .strictObject({
    place: z.optional(z.strictObject({ country: Country, city: LocalizedText, address: z.optional(LocalizedText) })),
    link: z.optional(Link),
  })
  .register(z.globalRegistry, {
    id: 'EventVenue',
    description: 'Where it is held: a place, a link, both, or not known yet.',
  });

export const Fee = z.strictObject({ money: Money, note: z.optional(LocalizedText) }).register(z.globalRegistry, {
  id: 'Fee',
  description: 'For information: the Hub takes no money. Absent: there is none.',
});

const Sponsor = z
  .strictObject({ name: LocalizedText, institutionId: z.optional(Id) })
  .register(z.globalRegistry, { id: 'Sponsor', description: 'An organisation that supports the event.' });
export const Sponsors = z.array(Sponsor).check(z.maxLength(50));

/** Names of rooms and tracks within their event. */
export const Slug = z
  .string()
  .check(z.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be small letters, digits and hyphens'), z.maxLength(40));

const Named = z.strictObject({ id: Slug, name: LocalizedText });
const namedOnce = (what: string, most: number) =>
  z.array(Named).check(
    z.maxLength(most),
    z.refine((all) => new Set(all.map(({ id }) => id)).size === all.length, `must name each ${what} once`),
  );
export const Rooms = namedOnce('room', 50).register(z.globalRegistry, { description: 'Where sessions are held.' });
export const Tracks = namedOnce('track', 50).register(z.globalRegistry, { description: 'What sessions belong to.' });

const Case = z
  .strictObject({
    code: z
      .string()
      .check(z.regex(/^[A-Z0-9]+(?:-[A-Z0-9]+)*$/, 'must be capitals, digits and hyphens'), z.maxLength(20)),
    topic: LocalizedText,
    institutionId: z.optional(Id).register(z.globalRegistry, { description: 'Whose case it is.' }),
    question: z.optional(FreeText),
  })
  .register(z.globalRegistry, {
    id: 'TelebridgeCase',
    description: 'A case to be discussed, without anything personal.',
  });
export const Cases = z.array(Case).check(
  z.maxLength(50),
  z.refine((all) => new Set(all.map(({ code }) => code)).size === all.length, 'must name each case once'),
);

export const Institutions = (most: number) => distinct(Id, most);
