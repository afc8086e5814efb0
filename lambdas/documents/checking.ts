import type { Reason } from './contract-parts.ts';
import type { StoredObject } from './document-store.ts';
import { faultOf } from './inspect.ts';
import { documentIdIn } from './keys.ts';
import {
  arrived,
  checked,
  type Document,
  owns,
  rejected,
  released,
  type ScanOutcome,
  scanned,
  superseded,
} from './model.ts';
import type { CheckPorts, Ports } from './ports.ts';

/**
 * The way of a document from its bytes being there to its being available: what was declared is held against the bytes, and
 * the scanner has to have found nothing. Both come in any order, late and twice: each judges what is there by then.
 */

const MAX_ATTEMPTS = 12;
/** After so long, in milliseconds, somebody looks after a check that has not ended. */
const CHECKED_WITHIN = 3_600_000;

/** What became of an object that has arrived. */
type Arrival = 'checked' | 'known' | 'orphan';

/**
 * Takes note of an object that has arrived, and checks it.
 * @returns `orphan` when nobody waits for it; it is removed then
 * @throws what the store or the database threw
 */
export async function takeIn(ports: CheckPorts, object: StoredObject): Promise<Arrival> {
  const documentId = documentIdIn(object.key);
  const document = documentId === undefined ? undefined : await arrive(ports, documentId, object);
  if (document === undefined) {
    await ports.store.remove(object);
    return 'orphan';
  }
  if (document.status !== 'uploaded') return 'known';
  await check(ports, document, object);
  return 'checked';
}

/** @returns `undefined` when the object is not one that a document waits for, or has */
async function arrive(ports: Ports, documentId: string, object: StoredObject): Promise<Document | undefined> {
  return settle(ports, documentId, async (document) => {
    if (document?.status === 'described') return putArrived(ports, document, object);
    return { done: true, value: document !== undefined && owns(document, object.version) ? document : undefined };
  });
}

async function putArrived(
  ports: Ports,
  document: Document,
  { version }: StoredObject,
  scan?: ScanOutcome,
): Promise<Attempt<Document>> {
  const next = arrived(document, version, ports.now(), scan);
  const due = new Date(ports.now().getTime() + CHECKED_WITHIN);
  return { done: await ports.documents.putDue(next, due), value: next };
}

async function check(ports: CheckPorts, { id }: Document, object: StoredObject): Promise<void> {
  const document = await ports.documents.get(id);
  if (document?.status !== 'uploaded') return;
  const bytes = await ports.store.read(object);
  // Gone again: somebody has judged it meanwhile.
  if (bytes === undefined) return;
  const fault = await faultOf(document, bytes);
  await settle(ports, id, async (current) => {
    if (current?.status !== 'uploaded') return { done: true, value: undefined };
    if (fault !== undefined) return put(ports, rejected(current, fault, ports.now()));
    if (current.scan === undefined) return put(ports, checked(current, ports.now()));
    return conclude(ports, current, current.scan);
  });
}

/**
 * Takes note of what the scanner has said of an object.
 * @returns what has become of the document; `undefined` when the object is nobody's
 */
export async function takeScan(
  ports: CheckPorts,
  object: StoredObject,
  scan: ScanOutcome,
): Promise<Document | undefined> {
  const documentId = documentIdIn(object.key);
  if (documentId === undefined) return undefined;
  return settle(ports, documentId, async (current) => {
    if (current === undefined) return { done: true, value: undefined };
    const { status, objectVersion } = current;
    // The scanner was faster than the news of its arrival.
    if (status === 'described') return putArrived(ports, current, object, scan);
    if (objectVersion !== object.version) return { done: true, value: current };
    if (status === 'scanning' || (status === 'uploaded' && scan !== 'clean')) return conclude(ports, current, scan);
    // The check has yet to end.
    if (status === 'uploaded' && current.scan !== scan) return put(ports, scanned(current, scan, ports.now()));
    return { done: true, value: current };
  });
}

const REFUSED: Readonly<Record<Exclude<ScanOutcome, 'clean'>, Reason>> = {
  threats: 'threats-found',
  'not-scannable': 'not-scannable',
};

async function conclude(ports: CheckPorts, document: Document, scan: ScanOutcome): Promise<Attempt<Document>> {
  const { documents, keptDays } = ports;
  if (scan !== 'clean') return put(ports, rejected(document, REFUSED[scan], ports.now()));
  const next = released(document, keptDays, ports.now());
  const old = document.supersedes === undefined ? undefined : await documents.get(document.supersedes);
  // Another one was quicker to replace it.
  if (old?.status === 'superseded') return put(ports, rejected(document, 'overtaken', ports.now()));
  if (old?.status !== 'available') return put(ports, next);
  return { done: await documents.putBoth(next, superseded(old, document.id, ports.now())), value: next };
}

interface Attempt<T> {
  /** Whether it was written; if not, the document has changed meanwhile. */
  readonly done: boolean;
  readonly value: T;
}

async function put({ documents }: Ports, next: Document): Promise<Attempt<Document>> {
  return { done: await documents.put(next), value: next };
}

/** Reads, judges and writes until what was judged is what is there. */
async function settle<T>(
  { documents }: Ports,
  documentId: string,
  judge: (document: Document | undefined) => Promise<Attempt<T>>,
): Promise<T> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const { done, value } = await judge(await documents.get(documentId));
    if (done) return value;
  }
  throw new Error('A document is being changed again and again');
}
