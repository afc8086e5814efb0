import * as z from 'zod/mini';

import { COORDINATORS, OWN_COORDINATORS_OR_ADMINS, seenBy } from '../shared/auth/rules.ts';
import { NotFound } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { Id, Instant } from '../shared/values.ts';
import { InstitutionStateConflict } from './errors.ts';
import { institutionParams } from './registry-contract.ts';

/** Whom to call at an institution: the only personal data that the Hub keeps, and nothing else refers to it. */

const CONTACT_ROLES = ['coordination', 'clinical', 'technical', 'legal', 'data-protection'] as const;
export type ContactRole = (typeof CONTACT_ROLES)[number];

/** The languages that mail is written in. */
const MAIL_LANGUAGES = ['en', 'ru', 'kk'] as const;
export type MailLanguage = (typeof MAIL_LANGUAGES)[number];
const MAIL_PREFERENCES = ['immediate', 'daily', 'essential'] as const;

const Contact = z
  .strictObject({
    role: z.enum(CONTACT_ROLES),
    name: z.string().check(z.trim(), z.minLength(1), z.maxLength(100), z.regex(/^[^\p{Cc}@<>]*$/u, 'must be a name')),
    email: z.optional(z.email().check(z.maxLength(254))),
    phone: z.optional(
      z.string().check(z.regex(/^\+[1-9]\d{6,14}$/, 'must be a number of ITU-T E.164 such as +375172000000')),
    ),
    language: z._default(z.enum(MAIL_LANGUAGES), 'en').register(z.globalRegistry, {
      description: 'The language that the Hub writes mail in.',
    }),
    mail: z._default(z.enum(MAIL_PREFERENCES), 'immediate').register(z.globalRegistry, {
      description:
        'What the Hub mails: what concerns the role as it happens; what can wait once a day, and what cannot at once; or only what cannot wait.',
    }),
  })
  .check(
    z.refine(({ email, phone }) => email !== undefined || phone !== undefined, {
      path: ['email'],
      message: 'must be given, or phone',
    }),
  )
  .register(z.globalRegistry, {
    id: 'Contact',
    description:
      'A member of staff whom partners may call, and the Hub may write to, with address and number at work [FHIR Organization.contact].',
  });

export const Contacts = z
  .strictObject({
    institutionId: Id,
    contacts: z.array(Contact).check(z.maxLength(20)),
    updatedAt: z.optional(Instant),
  })
  .register(z.globalRegistry, { id: 'Contacts', description: 'Whom to call at an institution.' });
export type ContactsRepresentation = z.infer<typeof Contacts>;

export const contactRoutes = defineRoutes({
  getContacts: {
    operationId: 'getContacts',
    method: 'GET',
    path: '/v1/institutions/{institutionId}/contacts',
    summary: 'Whom to call at a partner',
    description: 'Work contacts of staff. Use them for the cooperation, and keep no copy for longer than that needs.',
    scopes: ['hub/institutions.members'],
    access: seenBy(COORDINATORS, 'self', 'partner'),
    params: institutionParams,
    response: { status: 200, description: 'The contacts; none at first.', schema: Contacts, etag: true },
    problems: [NotFound],
  },
  replaceContacts: {
    operationId: 'replaceContacts',
    method: 'PUT',
    path: '/v1/institutions/{institutionId}/contacts',
    summary: 'Say whom to call at your institution',
    description:
      'Replaces all contacts; an empty list erases them. Name only staff who agreed, with their address and number at work. The first list replaces the version `"0"`.',
    scopes: ['hub/institutions.write'],
    access: OWN_COORDINATORS_OR_ADMINS,
    params: institutionParams,
    body: z.strictObject({ contacts: Contacts.shape.contacts }),
    ifMatch: 'required',
    response: { status: 200, description: 'The contacts as they are now.', schema: Contacts, etag: true },
    problems: [NotFound, InstitutionStateConflict],
  },
});
