import * as z from 'zod/mini';

import { distinct, FreeText, isDistinct } from '../shared/meetings.ts';
import { pseudonymFor } from '../shared/pseudonym.ts';
import { CalendarDate, Id, LanguageTag, LocalizedText } from '../shared/values.ts';
import { NomineeNotPseudonymous } from './errors.ts';

/** What programmes, cohorts and applications are made of. */

export const programmeParams = z.strictObject({ programmeId: Id });
export const cohortParams = z.strictObject({ cohortId: Id });
export const applicationParams = z.strictObject({ applicationId: Id });

/** A table in code, as that of services is: the same field always has the same name. */
const FIELDS = [
  ...(['medical-oncology', 'radiation-oncology', 'surgical-oncology', 'paediatric-oncology'] as const),
  ...(['head-and-neck-surgery', 'neurosurgery', 'proton-therapy', 'brachytherapy', 'radiology'] as const),
  ...(['nuclear-medicine', 'pathology', 'molecular-genetics', 'endoscopy', 'medical-physics'] as const),
  ...(['nursing', 'palliative-care', 'epidemiology'] as const),
] as const;
export const Field = z
  .enum(FIELDS)
  .register(z.globalRegistry, { id: 'TrainingField', description: 'What a programme is about.' });

const PROFESSIONS = [
  ...(['physician', 'surgeon', 'nurse', 'medical-physicist', 'radiographer', 'pathologist'] as const),
  ...(['laboratory-scientist', 'pharmacist', 'researcher', 'manager'] as const),
] as const;
export const Profession = z.enum(PROFESSIONS).register(z.globalRegistry, { id: 'Profession' });

/** Levels of the Common European Framework of Reference for Languages, the lowest first. */
export const CEFR_LEVELS = ['A1', 'A2', 'B1', 'B2', 'C1', 'C2'] as const;

const LanguageSkill = z
  .strictObject({ language: LanguageTag, level: z.enum(CEFR_LEVELS) })
  .register(z.globalRegistry, { id: 'LanguageSkill', description: 'A language, and how well: CEFR.' });

export const Languages = z.array(LanguageSkill).check(
  z.maxLength(10),
  z.refine((skills) => isDistinct(skills.map(({ language }) => language)), 'must name each language once'),
);
export type Languages = z.infer<typeof Languages>;

const years = z.int().check(z.minimum(0), z.maximum(60));

export const Prerequisites = z
  .strictObject({
    professions: z._default(distinct(Profession, PROFESSIONS.length), []).register(z.globalRegistry, {
      description: 'Of whom one is asked for; any where none is named.',
    }),
    yearsOfPractice: z._default(years, 0),
  })
  .register(z.globalRegistry, {
    id: 'Prerequisites',
    description: 'What a nominee has to have, beside the languages.',
  });

export const CompletionRule = z
  .strictObject({
    attendancePercent: z._default(z.int().check(z.minimum(0), z.maximum(100)), 80),
    assessment: z._default(z.boolean(), false).register(z.globalRegistry, {
      description: 'Whether an assessment has to be passed, too.',
    }),
  })
  .register(z.globalRegistry, { id: 'CompletionRule', description: 'What it takes to complete the programme.' });

export const Credits = z
  .strictObject({ scheme: z.enum(['CME', 'CPD']), amount: z.number().check(z.positive(), z.maximum(1000)) })
  .register(z.globalRegistry, { id: 'Credits', description: 'Points of continuing education that a trainee earns.' });

export const Syllabus = z
  .array(z.strictObject({ documentId: Id, title: LocalizedText }))
  .check(z.maxLength(20))
  .register(z.globalRegistry, { description: 'Documents that say what is taught.' });

const ClockTime = z
  .string()
  .check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 09:30'))
  .register(z.globalRegistry, { description: 'A time of day in the host’s time zone, such as `09:30`.' });

export const Agenda = z
  .array(z.strictObject({ date: CalendarDate, at: z.optional(ClockTime), title: LocalizedText }))
  .check(z.maxLength(200))
  .register(z.globalRegistry, {
    id: 'Agenda',
    description: 'What is planned for the days, such as the programme of a visit; without anybody’s name.',
  });

export const Results = z
  .strictObject({
    summary: FreeText,
    documents: z._default(distinct(Id, 10), []).register(z.globalRegistry, {
      description: 'Ids of documents, such as a report.',
    }),
  })
  .register(z.globalRegistry, {
    id: 'Results',
    description: 'What has come of it: what was agreed, operated, taught.',
  });

export const Seats = z.int().check(z.minimum(1), z.maximum(500));

export const KeptSeats = z
  .strictObject({
    institutionId: Id,
    seats: Seats,
    releaseDate: CalendarDate.check().register(z.globalRegistry, {
      description: 'From this day on everybody may have those that are free.',
    }),
  })
  .register(z.globalRegistry, { id: 'KeptSeats', description: 'Seats that are kept for an institution until a day.' });

export const Nominee = z
  .strictObject({
    pseudonym: pseudonymFor(
      NomineeNotPseudonymous,
      'Send the pseudonym your institution issued for the nominee, such as STAFF-7F3K',
      {
        id: 'NomineePseudonym',
        description:
          'The pseudonym the institution issued for its nominee: 3 to 64 ASCII letters, digits, `.`, `_`, `:` or `-`, with at least one digit.',
        examples: ['STAFF-7F3K'],
      },
    ),
    profession: Profession,
    yearsOfPractice: years,
    languages: Languages,
  })
  .register(z.globalRegistry, {
    id: 'Nominee',
    description: 'Who is to be trained: what the programme has to know, and a pseudonym instead of a name.',
  });
export type Nominee = z.infer<typeof Nominee>;
