import * as z from 'zod/mini';

import type { ProblemType } from '../shared/http/problem.ts';
import { Id, Instant, Sha256 } from '../shared/values.ts';
import {
  ClassificationNotPossible,
  DocumentEmpty,
  DocumentTooLarge,
  FileNameContradictsType,
  MediaTypeNotTaken,
} from './errors.ts';
import { extensionOf, FileName } from './file-name.ts';
import { extensionsOf, isMediaType, LARGEST, MEDIA_TYPES } from './media-types.ts';

/** What documents are made of. */

export const PURPOSES = ['agreement-text', 'clinical', 'course-material', 'paper', 'report', 'other'] as const;

/** From what everybody may read to what the fewest may. */
export const CLASSIFICATIONS = ['public', 'partners', 'institution', 'clinical'] as const;
export type Classification = (typeof CLASSIFICATIONS)[number];

/** For how many days the bytes of what was superseded or deleted are kept: the bucket's rules remove them then. */
export const KEPT_AFTER_END_DAYS: Readonly<Record<Classification, number>> = {
  public: 30,
  partners: 90,
  institution: 365,
  clinical: 3653,
};

export const STATUSES = [
  ...(['described', 'uploaded', 'scanning', 'available'] as const),
  ...(['rejected', 'threats-found', 'superseded', 'deleted'] as const),
] as const;
export type DocumentStatus = (typeof STATUSES)[number];

export const REASONS = [
  ...(['never-uploaded', 'empty', 'wrong-size', 'wrong-type', 'wrong-checksum'] as const),
  ...(['threats-found', 'not-scannable', 'overtaken', 'upload-cancelled'] as const),
] as const;
export type Reason = (typeof REASONS)[number];

const MAX_SHARED_WITH = 30;

const refusing = (problem: ProblemType) => ({ code: 'custom' as const, params: { problem } });

const Size = z
  .int()
  .check(
    z.superRefine((size, context) => {
      if (size < 1) context.addIssue({ ...refusing(DocumentEmpty), message: 'must be 1 at least' });
      if (size > LARGEST) {
        context.addIssue({ ...refusing(DocumentTooLarge), message: `must be ${String(LARGEST)} at most` });
      }
    }),
  )
  .register(z.globalRegistry, { description: 'Bytes.' });

const MediaType = z
  .string()
  .check(
    z.superRefine((text, context) => {
      if (isMediaType(text)) return;
      const taken = Object.keys(MEDIA_TYPES).join(', ');
      context.addIssue({ ...refusing(MediaTypeNotTaken), message: `must be one of ${taken}` });
    }),
  )
  .register(z.globalRegistry, {
    id: 'MediaType',
    description: `What the file is: ${Object.keys(MEDIA_TYPES)
      .map((type) => `\`${type}\``)
      .join(', ')}. Its bytes are held against it.`,
    examples: ['application/pdf'],
  });

export const Resource = z
  .strictObject({ type: z.enum(['agreement', 'application', 'programme']), id: Id })
  .register(z.globalRegistry, {
    id: 'DocumentResource',
    description:
      'What the document belongs to. Its parties are those of an agreement; the host and the partners of a programme; the host and the institution of an application, whose receipts for travel are its documents, too.',
  });
export type Resource = z.infer<typeof Resource>;

const SharedWith = z
  .array(Id)
  .check(
    z.maxLength(MAX_SHARED_WITH),
    z.refine((ids) => new Set(ids).size === ids.length, 'must name each institution once'),
  )
  .register(z.globalRegistry, { description: 'Other institutions that may read what is clinical.' });

/** What is said of a file, by whoever has it. */
const described = {
  purpose: z.enum(PURPOSES),
  name: FileName,
  mediaType: MediaType,
  size: Size,
  sha256: Sha256.check().register(z.globalRegistry, { description: 'Of the file’s bytes.' }),
  classification: z.enum(CLASSIFICATIONS).register(z.globalRegistry, {
    description:
      'Who may read it: `public` and `partners` every partner; `institution` your own, and the parties of what it belongs to; `clinical` your own, and those named in `sharedWith`.',
  }),
  resource: z.optional(Resource),
  sharedWith: z._default(SharedWith, []),
  supersedes: z
    .optional(Id)
    .register(z.globalRegistry, { description: 'The document of which this is a new version.' }),
};

export const Description = z.strictObject(described).check(
  z.superRefine(({ purpose, name, mediaType, classification, resource, sharedWith }, context) => {
    if (isMediaType(mediaType) && !extensionsOf(mediaType).includes(extensionOf(name))) {
      const message = `must end in one of ${extensionsOf(mediaType).join(', ')}`;
      context.addIssue({ ...refusing(FileNameContradictsType), path: ['name'], message });
    }
    const isClinical = classification === 'clinical';
    const fits =
      isClinical === (purpose === 'clinical') &&
      (purpose !== 'agreement-text' || resource?.type === 'agreement') &&
      !(isClinical && resource !== undefined) &&
      (isClinical || sharedWith.length === 0);
    if (!fits) {
      const message = 'must fit the purpose, the resource and who else may read';
      context.addIssue({ ...refusing(ClassificationNotPossible), path: ['classification'], message });
    }
  }),
);
export type Description = z.output<typeof Description>;

const Link = z.strictObject({
  url: z.string(),
  expiresAt: Instant,
});

/** What has to be sent with a request to the store for its signature to hold. */
const headers = z.record(z.string(), z.string()).register(z.globalRegistry, {
  description: 'Headers that the request must have, exactly these. `content-length` is what HTTP clients add.',
});

export const Upload = z
  .strictObject({
    ...Link.shape,
    method: z.literal('PUT'),
    headers,
  })
  .register(z.globalRegistry, {
    id: 'Upload',
    description: 'One request with the file’s bytes as its body. The link takes nothing else, and only once.',
  });
export type Upload = z.infer<typeof Upload>;

export const PartLink = z
  .strictObject({ part: z.int(), from: z.int(), size: z.int(), ...Upload.shape })
  .register(z.globalRegistry, {
    id: 'PartLink',
    description: 'One request with the bytes of a part: `size` bytes of the file from `from` on, counted from 0.',
  });
export type PartLink = z.infer<typeof PartLink>;

export const Download = z
  .strictObject({
    documentId: Id,
    ...Link.shape,
    name: z.string(),
    mediaType: z.string(),
    size: z.int(),
    sha256: Sha256,
  })
  .register(z.globalRegistry, {
    id: 'Download',
    description: 'A link to the file’s bytes, for whoever has it: keep it to yourself.',
  });

export const Document = z
  .strictObject({
    id: Id,
    institutionId: Id.check().register(z.globalRegistry, { description: 'Whose document it is.' }),
    purpose: z.enum(PURPOSES),
    name: z.string(),
    mediaType: z.string(),
    size: z.int(),
    sha256: Sha256,
    classification: z.enum(CLASSIFICATIONS),
    resource: z.optional(Resource),
    sharedWith: z.array(Id),
    supersedes: z.optional(Id),
    supersededBy: z.optional(Id),
    status: z.enum(STATUSES).register(z.globalRegistry, {
      description:
        '`described`, nothing is there yet; `uploaded`, its bytes are being checked; `scanning` for malware; `available`; or `rejected`, or `threats-found`, and gone, see `reason`; `superseded` by another; `deleted`.',
    }),
    reason: z.optional(z.enum(REASONS)),
    uploadBefore: z.optional(Instant).register(z.globalRegistry, {
      description: 'Until when the file is waited for, and links are given.',
    }),
    availableAt: z.optional(Instant),
    held: z.boolean().register(z.globalRegistry, {
      description: 'Whether it is under a legal hold, and cannot be deleted.',
    }),
    lockedUntil: z.optional(Instant).register(z.globalRegistry, {
      description: 'Until when nobody can change or remove it.',
    }),
    endedAt: z.optional(Instant).register(z.globalRegistry, {
      description: 'When it was superseded, deleted or rejected.',
    }),
    keptUntil: z.optional(Instant).register(z.globalRegistry, {
      description:
        'Until when the bytes of what was superseded or deleted are kept, by its classification. They are removed within two days then, unless it is held.',
    }),
    parts: z.optional(z.strictObject({ count: z.int(), size: z.int() })).register(z.globalRegistry, {
      description: 'A large file is uploaded in so many parts, each of `size` bytes but the last.',
    }),
    upload: z.optional(Upload).register(z.globalRegistry, {
      description: 'How to send the file. Only in the answer to its description, and to a repetition of that.',
    }),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .register(z.globalRegistry, { id: 'Document', description: 'A file that an institution keeps in the Hub.' });
export type DocumentRepresentation = z.infer<typeof Document>;
