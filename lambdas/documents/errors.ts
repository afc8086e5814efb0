import type { ProblemType } from '../shared/http/problem.ts';

/** The refusals of the documents context, each named after the precondition that failed. */

export const FileNameNotSafe: ProblemType = {
  code: 'file-name-not-safe',
  status: 422,
  title: 'The file’s name is not one that every system can keep safely',
  advice:
    'Send the plain name of the file with its ending: no path, no control characters, nothing personal. `errors` says what is wrong with it.',
};

export const FileNameContradictsType: ProblemType = {
  code: 'file-name-contradicts-type',
  status: 422,
  title: 'The ending of the file’s name is not one of its media type',
  advice: '`errors` names the endings that a file of this `mediaType` has. Send the type that the file really is of.',
};

export const MediaTypeNotTaken: ProblemType = {
  code: 'media-type-not-taken',
  status: 422,
  title: 'The Hub takes no files of this media type',
  advice: '`errors` names those it takes. Convert the file to one of them; programs and scripts are never taken.',
};

export const DocumentEmpty: ProblemType = {
  code: 'document-empty',
  status: 422,
  title: 'The file is empty',
  advice: 'Send the size of the file in bytes, which is 1 at least. Nothing was stored.',
};

export const DocumentTooLarge: ProblemType = {
  code: 'document-too-large',
  status: 422,
  title: 'The file is larger than the Hub takes',
  advice: 'Files have 5,000,000,000 bytes at most. Divide it into several documents.',
};

export const ClassificationNotPossible: ProblemType = {
  code: 'classification-not-possible',
  status: 422,
  title: 'Purpose, classification and who else may read do not fit together',
  advice:
    'What is clinical is `clinical` and names in `sharedWith` who else may read it; nothing else is shared by name. The text of an agreement names the agreement, and is not `clinical`.',
};

export const DocumentResourceUnknown: ProblemType = {
  code: 'document-resource-unknown',
  status: 409,
  title: 'The Hub knows no such resource of yours',
  advice:
    '`resource` names an agreement, a programme or an application that your institution is a party of. What was made a moment ago is known in a few seconds.',
  uncounted: true,
};

export const PredecessorNotReplaceable: ProblemType = {
  code: 'predecessor-not-replaceable',
  status: 409,
  title: 'The document cannot be replaced by this one',
  advice:
    'Only an available document of your own institution is superseded, by one with the same purpose, classification and resource. `status` says what it is now.',
  uncounted: true,
};

export const UploadOver: ProblemType = {
  code: 'upload-over',
  status: 409,
  title: 'The file is no longer waited for',
  advice:
    '`status` says what became of the document. Describe the file anew, with another `Idempotency-Key`, to upload it again.',
  uncounted: true,
};

export const NotInParts: ProblemType = {
  code: 'not-in-parts',
  status: 409,
  title: 'The file is uploaded at once, not in parts',
  advice: 'Send it with the one link that you got when you described it; the same request gives a new link.',
  uncounted: true,
};

export const PartsMissing: ProblemType = {
  code: 'parts-missing',
  status: 409,
  title: 'Not all parts of the file are there',
  advice: '`missing` names the first of them. Ask for links, send those parts, then complete the upload.',
  uncounted: true,
};

export const DocumentNotAvailable: ProblemType = {
  code: 'document-not-available',
  status: 409,
  title: 'The document cannot be downloaded',
  advice:
    '`status` says what it is now, and `reason` why. What is being checked or scanned is available in a moment; what was rejected or deleted never is.',
  uncounted: true,
};

export const ClinicalNotShared: ProblemType = {
  code: 'clinical-not-shared',
  status: 403,
  title: 'What is clinical is for those it was shared with',
  advice:
    'Not even the Hub’s admins and auditors download it. Ask the institution whose document it is to share it with yours.',
};

export const DocumentNotDeletable: ProblemType = {
  code: 'document-not-deletable',
  status: 409,
  title: 'The document cannot be deleted as it is now',
  advice: '`status` says what it is: wait until it has been checked. What was rejected or deleted is gone already.',
  uncounted: true,
};

export const DocumentHeld: ProblemType = {
  code: 'document-held',
  status: 409,
  title: 'The document is under a legal hold',
  advice: 'Nobody deletes it until an admin of the Hub lifts the hold.',
  uncounted: true,
};

export const DocumentLocked: ProblemType = {
  code: 'document-locked',
  status: 409,
  title: 'The document is one that nobody may change or remove yet',
  advice: 'The text of an agreement is kept, unchanged, until `lockedUntil`. Supersede it by a new version instead.',
  uncounted: true,
};

export const DOCUMENT_PROBLEMS: readonly ProblemType[] = [
  FileNameNotSafe,
  FileNameContradictsType,
  MediaTypeNotTaken,
  DocumentEmpty,
  DocumentTooLarge,
  ClassificationNotPossible,
  DocumentResourceUnknown,
  PredecessorNotReplaceable,
  UploadOver,
  NotInParts,
  PartsMissing,
  DocumentNotAvailable,
  ClinicalNotShared,
  DocumentNotDeletable,
  DocumentHeld,
  DocumentLocked,
];
