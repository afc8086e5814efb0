import { takeIn } from './checking.ts';
import type { Due } from './documents-table.ts';
import { documentIdIn, OBJECTS, objectKeyOf } from './keys.ts';
import { type Document, isSettled, owns, rejected } from './model.ts';
import type { CheckPorts } from './ports.ts';

/** Looks after what was begun and did not come to an end, and removes what nobody waits for. */

/** At most so many documents, and objects, are looked at in a run; the next one goes on. */
const DOCUMENTS_PER_RUN = 100;
const OBJECTS_PER_RUN = 500;
/** Milliseconds after which a document that is not settled is looked at again. */
const AGAIN = 3_600_000;
/** Milliseconds after which a scanner that has said nothing never will. */
const SCANNED_WITHIN = 24 * 3_600_000;
/** An object that is younger, in milliseconds, may belong to a document that is being described. */
const YOUNG = 3_600_000;

export interface Swept extends Record<string, number> {
  /** Documents that were described and never uploaded. */
  abandoned: number;
  /** Objects without a document that were removed. */
  DocumentsOrphaned: number;
  /** Documents whose check or scan has not ended in time. */
  DocumentsStuck: number;
}

/** @throws what the store or the database threw */
export async function sweep(ports: CheckPorts): Promise<Swept> {
  const swept = { abandoned: 0, DocumentsOrphaned: 0, DocumentsStuck: 0 };
  for (const due of await ports.documents.due(ports.now(), DOCUMENTS_PER_RUN)) {
    const document = await ports.documents.get(due.documentId);
    if (document === undefined || isSettled(document)) await ports.documents.settle(due);
    else await lookAfter(ports, due, document, swept);
  }
  swept.DocumentsOrphaned = await removeOrphans(ports);
  return swept;
}

async function lookAfter(ports: CheckPorts, due: Due, document: Document, swept: Swept): Promise<void> {
  const object = await ports.store.find(objectKeyOf(document));
  if (document.status === 'described' && object === undefined) {
    // Refused when it has arrived at this very moment: then it is looked at again.
    const isGivenUp = await ports.documents.put(rejected(document, 'never-uploaded', ports.now()));
    if (isGivenUp) {
      swept.abandoned += 1;
      await ports.documents.settle(due);
    }
    return;
  }
  // The news of its arrival was lost, or its check has failed.
  if (object !== undefined && document.status !== 'scanning') await takeIn(ports, object);
  const silentFor = ports.now().getTime() - Date.parse(document.updatedAt);
  if (document.status === 'scanning' && silentFor > SCANNED_WITHIN) {
    await ports.documents.put(rejected(document, 'not-scannable', ports.now()));
  }
  const now = await ports.documents.get(document.id);
  if (now !== undefined && !isSettled(now)) {
    swept.DocumentsStuck += 1;
    await ports.documents.postpone(due, new Date(ports.now().getTime() + AGAIN));
  } else await ports.documents.settle(due);
}

/** Looks at the next objects in the store, and removes those that are nobody's. @returns how many */
async function removeOrphans({ documents, store, now }: CheckPorts): Promise<number> {
  let orphans = 0;
  const objects = await store.list(OBJECTS, OBJECTS_PER_RUN, await documents.storePosition());
  for (const { key, since } of objects) {
    if (now().getTime() - since.getTime() < YOUNG) continue;
    const documentId = documentIdIn(key);
    const document = documentId === undefined ? undefined : await documents.get(documentId);
    if (document !== undefined && (document.status === 'described' || owns(document, document.objectVersion))) continue;
    await store.remove({ key });
    orphans += 1;
  }
  const last = objects.length < OBJECTS_PER_RUN ? undefined : objects.at(-1)?.key;
  await documents.putStorePosition(last, now());
  return orphans;
}
