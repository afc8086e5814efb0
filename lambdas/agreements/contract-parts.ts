import * as z from 'zod/mini';

import { Country } from '../shared/countries.ts';
import { Money } from '../shared/money.ts';
import {
  CalendarDate,
  Id,
  Instant,
  LocalizedText,
  ProgrammeKind,
  Service,
  Sha256,
  TimeZone,
} from '../shared/values.ts';
import { TooFewParties, ValidityEndsBeforeItBegins } from './errors.ts';

/** What an agreement and its versions are made of. Nothing here is free text but titles, which name no person. */

export const AGREEMENT_KINDS = ['bilateral', 'union-state', 'association', 'sponsorship'] as const;

/** As many as one transaction can look up and tell of the agreement. */
const MAX_PARTIES = 30;
const MAX_ANNEXES = 50;

const isDistinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

export const Parties = z
  .array(Id)
  .check(
    z.superRefine((parties, context) => {
      if (parties.length >= 2) return;
      context.addIssue({ code: 'custom', params: { problem: TooFewParties }, message: 'must name two at least' });
    }),
    z.maxLength(MAX_PARTIES),
    z.refine(isDistinct, 'must name each institution once'),
  )
  .register(z.globalRegistry, { description: 'The institutions that agree, the proposing one among them.' });

/**
 * First and last day, in a time zone of its own: two parties in different zones must mean the same moment.
 * Without a last day it is valid until it is terminated or superseded.
 */
export const Validity = z
  .strictObject({ from: CalendarDate, to: z.optional(CalendarDate), timeZone: TimeZone })
  .check(
    z.superRefine(({ from, to }, context) => {
      if (to === undefined || from <= to) return;
      const problem = ValidityEndsBeforeItBegins;
      context.addIssue({ code: 'custom', path: ['to'], params: { problem }, message: 'must not be before from' });
    }),
  )
  .register(z.globalRegistry, {
    id: 'Validity',
    description: 'First and last day, in a time zone. Without a last day there is none.',
  });

export const Funding = z
  .strictObject({
    covers: z.enum(['treatment', 'training', 'travel', 'accommodation', 'events']),
    payer: z.enum(['own', 'host', 'sponsor', 'programme']).register(z.globalRegistry, {
      description: 'Who pays: the sending institution itself, the receiving one, a sponsor, or the programme.',
    }),
    upTo: z.optional(Money).register(z.globalRegistry, { description: 'No more than this in all.' }),
  })
  .register(z.globalRegistry, { id: 'Funding', description: 'Who pays for what.' });

/** A list of coded values, each named once. */
const coded = <T extends z.ZodMiniType>(value: T, most: number) =>
  z.array(value).check(z.maxLength(most), z.refine(isDistinct, 'must name each once'));

export const Terms = z
  .strictObject({
    services: z._default(coded(Service, 50), []).register(z.globalRegistry, {
      description: 'What may be granted under the agreement.',
    }),
    programmes: z._default(coded(ProgrammeKind, 10), []),
    funding: z._default(z.array(Funding).check(z.maxLength(20)), []),
  })
  .check(
    z.refine(
      ({ services, programmes, funding }) => services.length + programmes.length + funding.length > 0,
      'must name a service, a programme or funding',
    ),
  )
  .register(z.globalRegistry, { id: 'Terms', description: 'What the parties agree on, as coded values.' });

const Annex = z
  .strictObject({
    documentId: z.optional(Id),
    hash: Sha256,
    title: LocalizedText,
  })
  .register(z.globalRegistry, {
    id: 'Annex',
    description: 'A document that belongs to the version, by its digest.',
  });

/** What a version says, as a party proposes it. */
export const proposed = {
  title: LocalizedText,
  validity: Validity,
  governingLaw: z.optional(Country).register(z.globalRegistry, { description: 'Whose law governs it.' }),
  terms: Terms,
  annexes: z._default(z.array(Annex).check(z.maxLength(MAX_ANNEXES)), []),
  illustrative: z
    .optional(z.boolean())
    .register(z.globalRegistry, { description: 'An illustration: nobody has signed it.' }),
};

export const AgreementContent = z
  .strictObject({
    agreementId: Id,
    version: z.int().check(z.minimum(1)),
    follows: z.optional(Sha256).register(z.globalRegistry, {
      description: '`hash` of the version before; the first has none.',
    }),
    kind: z.enum(AGREEMENT_KINDS),
    parties: z.array(Id),
    ...proposed,
  })
  .register(z.globalRegistry, {
    id: 'AgreementContent',
    description:
      'What the parties approve. It names the agreement, its own number and the version before, so that no other version has its hash.',
  });
export type AgreementContent = z.infer<typeof AgreementContent>;

const Approval = z.strictObject({ institutionId: Id, at: Instant }).register(z.globalRegistry, {
  id: 'Approval',
  description: 'That a party has approved the hash, and when.',
});

export const AgreementVersion = z
  .strictObject({
    hash: Sha256.check().register(z.globalRegistry, { description: 'SHA-256 of `content` as JSON by RFC 8785.' }),
    content: AgreementContent,
    status: z.enum(['proposed', 'overtaken', 'approved', 'superseded']).register(z.globalRegistry, {
      description:
        '`approved` by all parties; `superseded` once a later one that is approved has begun; `overtaken` by a later proposal before all had approved.',
    }),
    approvals: z.array(Approval),
    proposedBy: Id,
    proposedAt: Instant,
  })
  .register(z.globalRegistry, { id: 'AgreementVersion', description: 'A version: its content never changes.' });
export type AgreementVersionRepresentation = z.infer<typeof AgreementVersion>;

export const TERMINATION_REASONS = [
  'agreed-by-all',
  'notice-given',
  'breach',
  'purpose-fulfilled',
  'party-ceases',
  'not-concluded',
] as const;

export const Termination = z
  .strictObject({
    from: CalendarDate.check().register(z.globalRegistry, {
      description: 'The first day on which the agreement is no longer in force.',
    }),
    timeZone: z.string(),
    reason: z.enum(TERMINATION_REASONS),
    institutionId: Id,
    at: Instant,
  })
  .register(z.globalRegistry, { id: 'Termination', description: 'From when, why, and by whom.' });
export type Termination = z.infer<typeof Termination>;

/** The version that counts today, in short. */
const InForce = z.strictObject({
  version: z.int(),
  hash: Sha256,
  validity: Validity,
  services: z.array(Service),
  programmes: z.array(ProgrammeKind),
});

export const Agreement = z
  .strictObject({
    id: Id,
    kind: z.enum(AGREEMENT_KINDS),
    parties: z.array(Id),
    title: LocalizedText,
    status: z.enum(['proposed', 'approved', 'in-force', 'expired', 'terminated']).register(z.globalRegistry, {
      description:
        'Today: no version approved by all; approved and not begun; in force; over; ended by a party. An agreement that will end is `in-force` until its day.',
    }),
    inForce: z.optional(InForce).register(z.globalRegistry, { description: 'Present while it is `in-force`.' }),
    latest: z
      .strictObject({
        version: z.int(),
        hash: Sha256,
        approvals: z.array(Approval),
        awaiting: z.array(Id).register(z.globalRegistry, { description: 'Parties that have not approved it.' }),
      })
      .register(z.globalRegistry, { description: 'The newest version: the only one that can be approved.' }),
    termination: z.optional(Termination),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .register(z.globalRegistry, { id: 'Agreement', description: 'What two or more institutions have agreed.' });
export type AgreementRepresentation = z.infer<typeof Agreement>;
