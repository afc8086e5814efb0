import { type Agent, HUB } from '../shared/auth/agent.ts';
import type { Relation } from '../shared/auth/vocabulary.ts';
import { Problem } from '../shared/http/problem.ts';
import {
  type Description,
  type DocumentRepresentation,
  type DocumentStatus,
  KEPT_AFTER_END_DAYS,
  type Reason,
} from './contract-parts.ts';
import {
  DocumentHeld,
  DocumentLocked,
  DocumentNotAvailable,
  DocumentNotDeletable,
  NotInParts,
  PredecessorNotReplaceable,
  UploadOver,
} from './errors.ts';
import { LARGEST_AT_ONCE } from './media-types.ts';

/** Documents as the Hub keeps them, and every decision about them. Pure. */

/** What the scanner has said of a file. */
export type ScanOutcome = 'clean' | 'threats' | 'not-scannable';

type Shown = Omit<DocumentRepresentation, 'upload' | 'parts' | 'uploadBefore' | 'keptUntil'>;

export interface Document extends Shown {
  readonly uploadBefore: string;
  /** The store's name for the bytes that are checked; undefined where the store keeps no versions. */
  readonly objectVersion?: string | undefined;
  /** The store's name for the upload in parts, once it has begun. */
  readonly uploadId?: string | undefined;
  /** What the scanner has said, where it was faster than the check. */
  readonly scan?: ScanOutcome | undefined;
  /** Counts the changes; what an ETag says. */
  readonly version: number;
  /** Who made this change. */
  readonly by: Agent;
}

/** Who does something, for which institution, and when. */
export interface Deed {
  readonly by: Agent;
  readonly institutionId: string;
  readonly now: Date;
}

const HOUR = 3_600_000;
/** For how long a file is waited for, in milliseconds: one request is made at once, thousands take days. */
const WAITED = { atOnce: HOUR, inParts: 7 * 24 * HOUR } as const;
/** Bytes. The store takes 10,000 parts of 5 MiB to 5 GiB; a part that broke off is sent again. */
const PART_SIZE = 16 * 1024 * 1024;

const FINAL: ReadonlySet<DocumentStatus> = new Set<DocumentStatus>([
  ...(['available', 'rejected', 'threats-found', 'superseded', 'deleted'] as const),
]);

/** Whether nothing more is to come by itself. */
export function isSettled({ status }: Pick<Document, 'status'>): boolean {
  return FINAL.has(status);
}

export function newDocument(id: string, body: Description, { by, institutionId, now }: Deed): Document {
  const at = now.toISOString();
  const waited = body.size > LARGEST_AT_ONCE ? WAITED.inParts : WAITED.atOnce;
  return {
    ...{ id, institutionId, ...body, status: 'described', held: false },
    uploadBefore: new Date(now.getTime() + waited).toISOString(),
    ...{ createdAt: at, updatedAt: at, version: 1, by },
  };
}

/**
 * How an institution stands to a document, in an access rule.
 * @param parties of what the document belongs to
 */
export function relationsTo(
  { institutionId, classification, sharedWith }: Document,
  caller: string,
  parties: readonly string[],
): Relation[] {
  if (institutionId === caller) return ['self'];
  if (classification === 'clinical') return [sharedWith.includes(caller) ? 'party' : 'none'];
  if (parties.includes(caller)) return ['party'];
  return [classification === 'institution' ? 'none' : 'partner'];
}

/** How many parts a large file has, and the size of each but the last, in bytes; `undefined` for what is sent at once. */
export function partsOf({ size }: Pick<Document, 'size'>): { count: number; size: number } | undefined {
  return size > LARGEST_AT_ONCE ? { count: Math.ceil(size / PART_SIZE), size: PART_SIZE } : undefined;
}

export interface Part {
  /** Counted from 1. */
  readonly part: number;
  readonly from: number;
  readonly size: number;
}

/** The parts of a large file, in order. @throws Problem `not-in-parts` */
export function allParts({ size }: Pick<Document, 'size'>): Part[] {
  const parts = partsOf({ size });
  if (parts === undefined) throw new Problem(NotInParts, 'The file is small enough for one request.');
  return Array.from({ length: parts.count }, (_, index) => {
    const from = index * parts.size;
    return { part: index + 1, from, size: Math.min(parts.size, size - from) };
  });
}

/** Whether links to upload the file are still given. */
export function isAwaited({ status, uploadBefore }: Pick<Document, 'status' | 'uploadBefore'>, now: Date): boolean {
  return status === 'described' && now.toISOString() < uploadBefore;
}

/** @throws Problem `upload-over` */
export function requireAwaited(document: Document, now: Date): void {
  if (isAwaited(document, now)) return;
  throw new Problem(UploadOver, 'The file is no longer waited for.', said(document));
}

/** @throws Problem `document-not-available` */
export function requireAvailable(document: Document): void {
  // What was replaced is kept to be read: agreements are, by version.
  if (document.status === 'available' || document.status === 'superseded') return;
  throw new Problem(DocumentNotAvailable, `The document is ${document.status}.`, said(document));
}

/** @throws Problem `predecessor-not-replaceable` */
export function requireReplaceable(old: Document | undefined, document: Document): void {
  const same =
    old?.institutionId === document.institutionId &&
    old.purpose === document.purpose &&
    old.classification === document.classification &&
    old.resource?.id === document.resource?.id;
  if (same && old.status === 'available') return;
  throw new Problem(
    PredecessorNotReplaceable,
    'There is no such document that this one can replace.',
    same ? said(old) : {},
  );
}

function changed(document: Document, change: Partial<Document>, { by, now }: Omit<Deed, 'institutionId'>): Document {
  return { ...document, ...change, version: document.version + 1, updatedAt: now.toISOString(), by };
}

const byHub = (now: Date) => ({ by: HUB, now });

/** Whether an object in the store is the document's: one that came for it after it had ended is nobody's. */
export function owns({ status, reason, objectVersion }: Document, version: string | undefined): boolean {
  const isGone = status === 'rejected' || status === 'threats-found' || reason === 'upload-cancelled';
  return !isGone && objectVersion === version;
}

/** Its bytes are in the store. @param scan what the scanner has said, if it was faster than the news of that */
export function arrived(
  document: Document,
  objectVersion: string | undefined,
  now: Date,
  scan?: ScanOutcome,
): Document {
  return changed(document, { status: 'uploaded', objectVersion, scan }, byHub(now));
}

/** An upload in parts has begun. */
export function begun(document: Document, uploadId: string, deed: Deed): Document {
  return changed(document, { uploadId }, deed);
}

export function rejected(document: Document, reason: Reason, now: Date): Document {
  const status = reason === 'threats-found' ? 'threats-found' : 'rejected';
  return changed(document, { status, reason, endedAt: now.toISOString() }, byHub(now));
}

/** The check of its bytes has found nothing against them. */
export function checked(document: Document, now: Date): Document {
  return changed(document, { status: 'scanning' }, byHub(now));
}

/** Notes what the scanner has said before the check has ended. */
export function scanned(document: Document, scan: ScanOutcome, now: Date): Document {
  return changed(document, { scan }, byHub(now));
}

/** @param keptDays for how many days nobody can change what an agreement says */
export function released(document: Document, keptDays: number, now: Date): Document {
  const lockedUntil = new Date(now.getTime() + keptDays * 24 * HOUR).toISOString();
  return changed(
    document,
    {
      status: 'available',
      availableAt: now.toISOString(),
      ...(document.purpose === 'agreement-text' ? { lockedUntil } : {}),
    },
    byHub(now),
  );
}

export function superseded(old: Document, supersededBy: string, now: Date): Document {
  return changed(old, { status: 'superseded', supersededBy, endedAt: now.toISOString() }, byHub(now));
}

/** @throws Problem `document-not-deletable`, `document-held`, `document-locked` */
export function deleted(document: Document, deed: Deed): Document {
  const { status, held, lockedUntil } = document;
  if (status !== 'described' && status !== 'available' && status !== 'superseded') {
    throw new Problem(DocumentNotDeletable, `The document is ${status}.`, said(document));
  }
  if (held) throw new Problem(DocumentHeld, 'The document is under a legal hold.');
  if (lockedUntil !== undefined && deed.now.toISOString() < lockedUntil) {
    throw new Problem(DocumentLocked, `The document is kept until ${lockedUntil}.`, { lockedUntil });
  }
  const reason = status === 'described' ? ({ reason: 'upload-cancelled' } as const) : {};
  return changed(document, { status: 'deleted', endedAt: deed.now.toISOString(), ...reason }, deed);
}

/** @throws Problem `document-not-available` */
export function heldAs(document: Document, held: boolean, deed: Deed): Document {
  requireAvailable(document);
  return changed(document, { held }, deed);
}

function said({ status, reason }: Document) {
  return { status, ...(reason === undefined ? {} : { reason }) };
}

function keptUntil({ status, endedAt, held, classification }: Document) {
  if (endedAt === undefined || held || (status !== 'superseded' && status !== 'deleted')) return {};
  const kept = KEPT_AFTER_END_DAYS[classification] * 24 * HOUR;
  return { keptUntil: new Date(Date.parse(endedAt) + kept).toISOString() };
}

export function showDocument(document: Document): DocumentRepresentation {
  const { version: _, by: __, objectVersion: ___, uploadId: ____, scan: _____, uploadBefore, ...shown } = document;
  const parts = partsOf(document);
  return {
    ...shown,
    ...(document.status === 'described' ? { uploadBefore } : {}),
    ...(parts === undefined ? {} : { parts }),
    ...keptUntil(document),
  };
}
