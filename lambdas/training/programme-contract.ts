import * as z from 'zod/mini';
import { COORDINATORS, doneBy, readBy } from '../shared/auth/rules.ts';
import { InstitutionNotActive, InvalidCursor, NamedInstitutionNotActive, NotFound } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { distinct } from '../shared/meetings.ts';
import { Id, Instant, LocalizedText, PageQuery, ProgrammeKind, pageOf } from '../shared/values.ts';
import {
  CompletionRule,
  Credits,
  Field,
  Languages,
  Prerequisites,
  programmeParams,
  Syllabus,
} from './contract-parts.ts';
import { AgreementNotUsable, ProgrammeStateConflict } from './errors.ts';

/** Programmes: what is taught, by whom and to whom. When, and how many seats there are, is said of their cohorts. */

export const MAX_PARTNERS = 20;

const described = {
  title: LocalizedText,
  fields: distinct(Field, 10).check(z.minLength(1)),
  languages: Languages.check().register(z.globalRegistry, { description: 'It is taught in; the level asked for.' }),
  partners: z._default(distinct(Id, MAX_PARTNERS), []).register(z.globalRegistry, {
    description: 'Institutions that offer it with the host, and review who applies.',
  }),
  agreementId: z.optional(Id).register(z.globalRegistry, { description: 'The agreement it is offered under.' }),
  prerequisites: Prerequisites,
  syllabus: z._default(Syllabus, []),
  completion: CompletionRule,
  credits: z.optional(Credits),
  reviewsNeeded: z._default(z.int().check(z.minimum(0), z.maximum(5)), 1).register(z.globalRegistry, {
    description: 'Reviews without which nobody is accepted.',
  }),
};

export const Programme = z
  .strictObject({
    id: Id,
    hostId: Id,
    kind: ProgrammeKind,
    ...described,
    agreementVersion: z.optional(z.int()),
    illustrative: z.optional(z.boolean()),
    status: z.enum(['draft', 'published', 'retired']).register(z.globalRegistry, {
      description: 'Only its host sees a `draft`. Cohorts of what is `retired` go on; there are no new ones.',
    }),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .register(z.globalRegistry, { id: 'Programme', description: 'What a host and its partners teach.' });
export type ProgrammeRepresentation = z.infer<typeof Programme>;

const changeable = {
  title: z.exactOptional(LocalizedText),
  fields: z.exactOptional(described.fields),
  languages: z.exactOptional(Languages),
  partners: z.exactOptional(distinct(Id, MAX_PARTNERS)),
  prerequisites: z.exactOptional(Prerequisites),
  syllabus: z.exactOptional(Syllabus),
  completion: z.exactOptional(CompletionRule),
  credits: z.exactOptional(Credits),
  reviewsNeeded: z.exactOptional(described.reviewsNeeded.def.innerType),
  status: z.exactOptional(z.enum(['published', 'retired'])),
};

export const programmeRoutes = defineRoutes({
  createProgramme: {
    operationId: 'createProgramme',
    method: 'POST',
    path: '/v1/programmes',
    summary: 'Draft a programme',
    description: 'Your institution becomes its host. Nobody else sees it before it is published.',
    scopes: ['hub/training.write'],
    access: doneBy(COORDINATORS, 'self'),
    body: z.strictObject({
      kind: ProgrammeKind,
      ...described,
      prerequisites: z._default(Prerequisites, { professions: [], yearsOfPractice: 0 }),
      completion: z._default(CompletionRule, { attendancePercent: 80, assessment: false }),
      illustrative: z.optional(z.boolean()).register(z.globalRegistry, { description: 'An illustration.' }),
    }),
    idempotencyKey: 'required',
    response: { status: 201, description: 'The draft.', schema: Programme, etag: true },
    problems: [InstitutionNotActive, NamedInstitutionNotActive, AgreementNotUsable],
  },
  listProgrammes: {
    operationId: 'listProgrammes',
    method: 'GET',
    path: '/v1/programmes',
    summary: 'Programmes that were published, of all hosts; or your own',
    scopes: ['hub/training.read'],
    access: readBy('partner', 'self'),
    query: z.strictObject({
      ...PageQuery,
      own: z.optional(z.enum(['true'])).register(z.globalRegistry, {
        description: '`true`: those that your institution is the host of, drafts among them.',
      }),
    }),
    response: {
      status: 200,
      description: 'A page of programmes, oldest first.',
      schema: pageOf(Programme, 'ProgrammePage'),
    },
    problems: [InvalidCursor],
  },
  getProgramme: {
    operationId: 'getProgramme',
    method: 'GET',
    path: '/v1/programmes/{programmeId}',
    summary: 'One programme',
    scopes: ['hub/training.read'],
    access: readBy('host', 'party', 'partner'),
    params: programmeParams,
    response: { status: 200, description: 'The programme.', schema: Programme, etag: true },
    problems: [NotFound],
  },
  updateProgramme: {
    operationId: 'updateProgramme',
    method: 'PATCH',
    path: '/v1/programmes/{programmeId}',
    summary: 'Change, publish or retire a programme',
    description:
      'Of what is published the title, the partners, the prerequisites and the syllabus can be changed; who has applied has agreed to the rest.',
    scopes: ['hub/training.write'],
    access: doneBy(COORDINATORS, 'host'),
    params: programmeParams,
    body: z.strictObject(changeable),
    ifMatch: 'required',
    response: { status: 200, description: 'The changed programme.', schema: Programme, etag: true },
    problems: [NotFound, ProgrammeStateConflict, NamedInstitutionNotActive],
  },
});
export type ProgrammeChange = z.output<typeof programmeRoutes.updateProgramme.body>;
