import * as z from 'zod/mini';

import { seenBy } from '../shared/auth/rules.ts';
import { ROLES } from '../shared/auth/vocabulary.ts';
import { SUBJECT_TYPES } from '../shared/chain/change.ts';
import { InvalidCursor, NotFound } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { Id, Instant, PageQuery, pageOf, Sha256 } from '../shared/values.ts';

/** The audit: what its rows are made of, and how they are read. */

const Fields = z.record(z.string(), z.unknown());

export const AuditRow = z
  .strictObject({
    place: z.string().register(z.globalRegistry, {
      description: 'In whose chain the row is, and where: `<institution id>#<sequence, ten digits>`.',
    }),
    sequence: z.int().check(z.minimum(1)),
    at: Instant.check().register(z.globalRegistry, {
      description: 'When it happened, or the `at` of the row before, if that is later.',
    }),
    happenedAt: z.optional(Instant).register(z.globalRegistry, {
      description: 'When it happened, where `at` is later: something else was written down first.',
    }),
    subjectType: z.enum(SUBJECT_TYPES),
    subject: z.string().register(z.globalRegistry, { description: 'Id of what was changed or read.' }),
    action: z.string(),
    version: z.optional(z.int()).register(z.globalRegistry, {
      description:
        'Of the subject, after the change. Each version has one row in each chain it concerns. A reminder has none.',
    }),
    actor: z.string().register(z.globalRegistry, {
      description: 'Subject of the token; `hub` for what the Hub does by itself, `operator` for an admin’s commands.',
    }),
    role: z.enum([...ROLES, 'system']).register(z.globalRegistry, { description: 'The role that permitted it.' }),
    institutionId: z.optional(Id).register(z.globalRegistry, { description: 'For which institution the actor acted.' }),
    correlationId: z.optional(z.string()),
    reason: z.optional(z.string()),
    before: z.optional(Fields).register(z.globalRegistry, {
      description: 'What the fields were that are others now, or are no more.',
    }),
    after: z.optional(Fields).register(z.globalRegistry, {
      description:
        'What they are. `confidential` stands for all fields that are not shown: a keyed hash, which changes when one of them does.',
    }),
    readingId: z.optional(z.string()).register(z.globalRegistry, {
      description:
        'Names the request by which another institution was shown bookings, or somebody a clinical document.',
    }),
    shown: z.optional(z.array(Id)).register(z.globalRegistry, {
      description: 'What of the institution’s was shown: ids of bookings, or of a document.',
    }),
    previous: Sha256.check().register(z.globalRegistry, {
      description: '`hash` of the row before; of the first row sixty-four zeros.',
    }),
    hash: Sha256.check().register(z.globalRegistry, {
      description: 'SHA-256 of the row without this member, as JSON by RFC 8785.',
    }),
  })
  .register(z.globalRegistry, {
    id: 'AuditRow',
    description: 'One change of something that is an institution’s, or made by it. Rows are never changed or removed.',
  });
export type AuditRow = z.infer<typeof AuditRow>;

/** Ids of things, and of who acts: UUIDs, or what the issuer makes. */
const AnyId = z.string().check(z.regex(/^[\w.-]{1,128}$/, 'must be an id'));

export const auditRoutes = defineRoutes({
  listAudit: {
    operationId: 'listAudit',
    method: 'GET',
    path: '/v1/audit',
    summary: 'Who changed what, and who was shown what',
    description:
      'The chain of your institution, newest first: all changes of what is yours and all that you have made, which of your bookings others were shown, and who got which clinical document. A change has its row a moment after it was made.',
    scopes: ['hub/audit.read'],
    access: seenBy(['coordinator', 'auditor', 'hub-admin'], 'self'),
    query: z
      .strictObject({
        ...PageQuery,
        institutionId: z.optional(Id).register(z.globalRegistry, {
          description: 'Whose chain; your own unless said. Others’ are for auditors and admins of the Hub.',
        }),
        subject: z.optional(AnyId).register(z.globalRegistry, { description: 'Only rows about this.' }),
        actor: z.optional(AnyId).register(z.globalRegistry, {
          description: 'Only rows of what this one did. Not together with `subject`.',
        }),
        from: z.optional(Instant).register(z.globalRegistry, { description: 'Only rows whose `at` is this or later.' }),
        to: z.optional(Instant).register(z.globalRegistry, { description: 'Only rows whose `at` is earlier.' }),
      })
      .check(
        z.refine(({ subject, actor }) => subject === undefined || actor === undefined, {
          path: ['actor'],
          message: 'must not be given together with subject',
        }),
      ),
    response: {
      status: 200,
      description: 'A page of the chain.',
      schema: pageOf(AuditRow, 'AuditPage'),
    },
    problems: [NotFound, InvalidCursor],
  },
});
