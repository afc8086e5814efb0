import * as z from 'zod/mini';

import { ADMINS_ONLY, doneBy, readBy, STAFF } from '../shared/auth/rules.ts';
import { InstitutionNotActive, InvalidCursor, NotFound } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { Id, institutionFilter, PageQuery, pageOf } from '../shared/values.ts';
import { Description, Document, Download, PartLink } from './contract-parts.ts';
import {
  ClassificationNotPossible,
  ClinicalNotShared,
  DocumentEmpty,
  DocumentHeld,
  DocumentLocked,
  DocumentNotAvailable,
  DocumentNotDeletable,
  DocumentResourceUnknown,
  DocumentTooLarge,
  FileNameContradictsType,
  FileNameNotSafe,
  MediaTypeNotTaken,
  NotInParts,
  PartsMissing,
  PredecessorNotReplaceable,
  UploadOver,
} from './errors.ts';

export { CLASSIFICATIONS, KEPT_AFTER_END_DAYS } from './contract-parts.ts';

/** Documents: how files are described, uploaded, downloaded, replaced, held and deleted. */

const documentParams = z.strictObject({ documentId: Id });

/** Who acts for an institution day by day, and those who treat its patients. */
const UPLOADING = [...STAFF, 'clinician'] as const;

const MOST_LINKS = 100;

export const documentRoutes = defineRoutes({
  createDocument: {
    operationId: 'createDocument',
    method: 'POST',
    path: '/v1/documents',
    summary: 'Describe a file, and get a link to upload it',
    description:
      'Answers with `upload`: one PUT with exactly the headers given and the file as its body, within five minutes. The link takes that file only: its length, media type and SHA-256 are signed. Repeat the request with the same `Idempotency-Key` for a fresh link. A file of more than 64 MiB is sent in parts instead: see `/parts`. The document is `available` once its bytes have been checked and scanned.',
    scopes: ['hub/documents.write'],
    access: doneBy(UPLOADING, 'self'),
    body: Description,
    idempotencyKey: 'required',
    response: { status: 201, description: 'The document, and how to send its file.', schema: Document, etag: true },
    problems: [
      FileNameNotSafe,
      FileNameContradictsType,
      MediaTypeNotTaken,
      DocumentEmpty,
      DocumentTooLarge,
      ClassificationNotPossible,
      DocumentResourceUnknown,
      PredecessorNotReplaceable,
      InstitutionNotActive,
    ],
  },
  listDocuments: {
    operationId: 'listDocuments',
    method: 'GET',
    path: '/v1/documents',
    summary: 'The documents of your institution, or of an agreement, a programme or an application',
    scopes: ['hub/documents.read'],
    access: readBy('self', 'party'),
    query: z
      .strictObject({
        ...PageQuery,
        ...institutionFilter,
        resourceId: z.optional(Id).register(z.globalRegistry, {
          description:
            'The documents that belong to this agreement, programme or application, for its parties. Not together with `institutionId`.',
        }),
      })
      .check(
        z.refine(({ institutionId, resourceId }) => institutionId === undefined || resourceId === undefined, {
          path: ['resourceId'],
          message: 'must not be given together with institutionId',
        }),
      ),
    response: {
      status: 200,
      description: 'A page of documents, oldest first.',
      schema: pageOf(Document, 'DocumentPage'),
    },
    problems: [InvalidCursor, NotFound],
  },
  getDocument: {
    operationId: 'getDocument',
    method: 'GET',
    path: '/v1/documents/{documentId}',
    summary: 'One document: what it is, and what has become of it',
    scopes: ['hub/documents.read'],
    access: readBy('self', 'party', 'partner'),
    params: documentParams,
    response: { status: 200, description: 'The document.', schema: Document, etag: true },
    problems: [NotFound],
  },
  downloadDocument: {
    operationId: 'downloadDocument',
    method: 'GET',
    path: '/v1/documents/{documentId}/download',
    summary: 'A link to a document’s bytes',
    description:
      'The link is good for five minutes, for whoever has it. What is clinical is for its own institution and those it was shared with; each link to it is written down in the audit.',
    scopes: ['hub/documents.read'],
    access: readBy('self', 'party', 'partner'),
    params: documentParams,
    response: { status: 200, description: 'The link.', schema: Download },
    problems: [NotFound, DocumentNotAvailable, ClinicalNotShared],
  },
  requestDocumentParts: {
    operationId: 'requestDocumentParts',
    method: 'POST',
    path: '/v1/documents/{documentId}/parts',
    summary: 'Links to upload the parts of a large file',
    description:
      'Gives links for the parts that are not there yet, in order. Ask again for the next ones, after an interruption too: what has arrived need not be sent again.',
    scopes: ['hub/documents.write'],
    access: doneBy(UPLOADING, 'self'),
    params: documentParams,
    body: z.strictObject({
      limit: z._default(z.int().check(z.minimum(1), z.maximum(MOST_LINKS)), 25),
    }),
    bodyOptional: true,
    response: {
      status: 200,
      description: 'How many parts are there, and links for some that are not.',
      schema: z
        .strictObject({ documentId: Id, count: z.int(), uploaded: z.int(), links: z.array(PartLink) })
        .register(z.globalRegistry, { id: 'DocumentParts' }),
    },
    problems: [NotFound, UploadOver, NotInParts],
  },
  completeDocument: {
    operationId: 'completeDocument',
    method: 'POST',
    path: '/v1/documents/{documentId}/complete',
    summary: 'Put the parts of a large file together',
    description: 'Repeating it changes nothing. What follows is as with a file that is sent at once.',
    scopes: ['hub/documents.write'],
    access: doneBy(UPLOADING, 'self'),
    params: documentParams,
    response: { status: 200, description: 'The document.', schema: Document, etag: true },
    problems: [NotFound, UploadOver, NotInParts, PartsMissing],
  },
  deleteDocument: {
    operationId: 'deleteDocument',
    method: 'DELETE',
    path: '/v1/documents/{documentId}',
    summary: 'Delete a document',
    description:
      'It can be downloaded no more. Its bytes are removed for good after a time that its classification says; what is said of it stays.',
    scopes: ['hub/documents.write'],
    access: doneBy(STAFF, 'self'),
    params: documentParams,
    ifMatch: 'required',
    response: { status: 200, description: 'The document, deleted.', schema: Document, etag: true },
    problems: [NotFound, DocumentNotDeletable, DocumentHeld, DocumentLocked],
  },
  holdDocument: {
    operationId: 'holdDocument',
    method: 'PUT',
    path: '/v1/documents/{documentId}/hold',
    summary: 'Put a document under a legal hold, or lift it',
    description: 'What is held cannot be deleted, and its bytes are kept whatever becomes of it.',
    scopes: ['hub/documents.write'],
    access: ADMINS_ONLY,
    params: documentParams,
    body: z.strictObject({ held: z.boolean() }),
    ifMatch: 'required',
    response: { status: 200, description: 'The document.', schema: Document, etag: true },
    problems: [NotFound, DocumentNotAvailable],
  },
});
