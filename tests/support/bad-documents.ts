import {
  agreementSubjects,
  closingSubjects,
  institutionSubjects,
  loanSubjects,
  type Subject,
  webhookSubjects,
} from './bad-bodies.ts';
import { eventSubjects } from './bad-events.ts';
import { trainingSubjects } from './bad-training.ts';
import { aDescription } from './documents.ts';
import type { OperationId } from './routes.ts';

/** Bodies that no request about a document may have. */

const OTHER = '019a8f3e-7c00-7a11-8000-00000000abcd';
const document = (over: object) => ({ ...aDescription(Buffer.from('x')), ...over });

const shared = (sharedWith: readonly string[]) =>
  document({ purpose: 'clinical', classification: 'clinical', sharedWith });

const documentSubjects: Readonly<Partial<Record<OperationId, Subject>>> = {
  createDocument: {
    side: 'provider',
    body: document({}),
    wrong: [
      ['/purpose', document({ purpose: 'whatever' })],
      ['/purpose', document({ purpose: undefined })],
      ['/name', document({ name: 7 })],
      ['/name', document({ name: undefined })],
      ['/mediaType', document({ mediaType: null })],
      ['/size', document({ size: '1' })],
      ['/size', document({ size: 1.5 })],
      ['/sha256', document({ sha256: 'A'.repeat(64) })],
      ['/sha256', document({ sha256: undefined })],
      ['/classification', document({ classification: 'secret' })],
      ['/resource/type', document({ resource: { type: 'patient', id: OTHER } })],
      ['/resource/id', document({ resource: { type: 'agreement', id: 'the old one' } })],
      ['/sharedWith', shared([OTHER, OTHER])],
      ['/sharedWith', shared(Array.from({ length: 31 }, () => crypto.randomUUID()))],
      ['/sharedWith/0', shared(['alexandrov'])],
      ['/supersedes', document({ supersedes: '../../etc/passwd' })],
      ['/status', document({ status: 'available' })],
      ['/institutionId', document({ institutionId: OTHER })],
      ['/key', document({ key: 'audit/anchors/x' })],
    ],
  },
  requestDocumentParts: {
    side: 'provider',
    body: { limit: 1 },
    wrong: [
      ['/limit', { limit: 0 }],
      ['/limit', { limit: 101 }],
      ['/limit', { limit: '5' }],
      ['/uploadId', { uploadId: 'x' }],
    ],
  },
  holdDocument: {
    side: 'provider',
    body: { held: true },
    wrong: [
      ['/held', {}],
      ['/held', { held: 'yes' }],
      ['/held', { held: null }],
      ['/reason', { held: true, reason: 'a patient’s name' }],
    ],
  },
};

/** Those of all contexts but the quotas' own pools, grants and bookings. */
export const otherSubjects = {
  ...agreementSubjects,
  ...documentSubjects,
  ...loanSubjects,
  ...closingSubjects,
  ...institutionSubjects,
  ...webhookSubjects,
  ...trainingSubjects,
  ...eventSubjects,
};
