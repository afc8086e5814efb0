/** What kinds of file the Hub takes: by media type, the endings a file of it has. Pure. */

/** What S3 takes in one request here; larger files come in parts. Bytes. */
export const LARGEST_AT_ONCE = 64 * 1024 * 1024;
/** Bytes: 5 GB. */
export const LARGEST = 5_000_000_000;

interface MediaTypeRule {
  readonly extensions: readonly string[];
  /** It has no signature of its own: it must be text, and nothing that has one. */
  readonly text?: true;
}

const OFFICE = 'application/vnd.openxmlformats-officedocument';

export const MEDIA_TYPES = {
  'application/pdf': { extensions: ['pdf'] },
  'application/dicom': { extensions: ['dcm', 'dicom'] },
  'application/zip': { extensions: ['zip'] },
  [`${OFFICE}.wordprocessingml.document`]: { extensions: ['docx'] },
  [`${OFFICE}.spreadsheetml.sheet`]: { extensions: ['xlsx'] },
  [`${OFFICE}.presentationml.presentation`]: { extensions: ['pptx'] },
  'image/jpeg': { extensions: ['jpg', 'jpeg'] },
  'image/png': { extensions: ['png'] },
  'image/tiff': { extensions: ['tif', 'tiff'] },
  'video/mp4': { extensions: ['mp4'] },
  'text/csv': { extensions: ['csv'], text: true },
  'text/plain': { extensions: ['txt'], text: true },
} as const satisfies Record<string, MediaTypeRule>;

export type MediaType = keyof typeof MEDIA_TYPES;
const RULES: ReadonlyMap<string, MediaTypeRule> = new Map(Object.entries(MEDIA_TYPES));

export function isMediaType(text: string): text is MediaType {
  return RULES.has(text);
}

/** The endings that a file of this media type may have. */
export function extensionsOf(mediaType: string): readonly string[] {
  return RULES.get(mediaType)?.extensions ?? [];
}

/**
 * Whether bytes are what they were declared to be.
 * @param detected the media type that the bytes have a signature of, if any
 * @param readsAsText whether they are well-formed text without control characters
 */
export function isOfType(declared: string, detected: string | undefined, readsAsText: boolean): boolean {
  const rule = RULES.get(declared);
  if (rule === undefined) return false;
  return rule.text === true ? detected === undefined && readsAsText : detected === declared;
}
