import type { Cursors } from '../shared/http/cursor.ts';
import { institutionOf, type Page, type PageRequest } from '../shared/http/pages.ts';
import type { CloudEvent } from './cloud-event.ts';
import type { FeedTable } from './feed-table.ts';

export interface Ports {
  readonly feed: Pick<FeedTable, 'list'>;
  readonly cursors: Cursors;
}

/**
 * The next events of an institution's feed. `next` is where to go on also when there is nothing more by now.
 * @throws Problem `not-found`, `invalid-cursor`
 */
export async function listNotifications(
  { feed, cursors }: Ports,
  request: PageRequest,
  institutionId?: string,
): Promise<Page<CloudEvent>> {
  const institution = institutionOf(request, institutionId);
  const list = `notifications:${institution}`;
  const after = request.cursor === undefined ? undefined : cursors.read(list, request.cursor);
  const items = await feed.list(institution, request.limit, after);
  const last = items.at(-1)?.sequence ?? after;
  return { items, next: last === undefined ? undefined : cursors.write(list, last) };
}
