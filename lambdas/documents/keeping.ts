import { objectKeyOf } from './keys.ts';
import type { Document } from './model.ts';
import type { Ports } from './ports.ts';

/** What becomes of a document's bytes, once it is written what has become of the document. */

/** The tag by which the bucket's rules remove what has ended, and its value: for how long it is kept depends on it. */
const ENDED_TAG = 'ended';

/**
 * Makes the store agree with a document. Doing it again changes nothing.
 * @param before the document before its last change
 */
export async function keep({ store }: Pick<Ports, 'store'>, document: Document, before?: Document): Promise<void> {
  const { status, reason, classification, held, lockedUntil, uploadId, objectVersion } = document;
  if (status === before?.status && held === before.held) return;
  const key = objectKeyOf(document);
  const object = { key, version: objectVersion };
  switch (status) {
    case 'rejected':
    case 'threats-found':
      if (uploadId !== undefined) await store.abort(key, uploadId);
      await store.remove(object);
      return;
    case 'available':
      if (lockedUntil !== undefined) await store.lock(object, new Date(lockedUntil));
      if (held || before?.held === true) await store.hold(object, held);
      await store.tag(object, { classification });
      return;
    case 'superseded':
    case 'deleted':
      if (reason === 'upload-cancelled') {
        if (uploadId !== undefined) await store.abort(key, uploadId);
        await store.remove(object);
        return;
      }
      if (held || before?.held === true) await store.hold(object, held);
      await store.tag(object, held ? { classification } : { classification, [ENDED_TAG]: classification });
      return;
    default:
  }
}
