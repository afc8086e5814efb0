import * as z from 'zod/mini';

import { readBy } from '../shared/auth/rules.ts';
import { InvalidCursor, NotFound } from '../shared/http/problems.ts';
import { defineRoutes } from '../shared/http/route.ts';
import { institutionFilter, PageQuery } from '../shared/values.ts';
import { CloudEvent } from './cloud-event.ts';

/** The feed: what an institution is told of, for who cannot receive calls. */

const Feed = z
  .strictObject({
    items: z.array(CloudEvent),
    next: z.optional(z.string()).register(z.globalRegistry, {
      description: 'Where to go on, now or when there is more: not there only as long as there has been nothing.',
    }),
  })
  .register(z.globalRegistry, { id: 'Feed' });

export const notificationRoutes = defineRoutes({
  listNotifications: {
    operationId: 'listNotifications',
    method: 'GET',
    path: '/v1/notifications',
    summary: 'What has happened that concerns your institution',
    description:
      'Events of the last 90 days, oldest first. Keep `next` and ask with it again: you get what has happened since, each event once and in its order. An event is there a moment after what it tells of.',
    scopes: ['hub/notifications.read'],
    access: readBy('self'),
    query: z.strictObject({ ...PageQuery, ...institutionFilter }),
    response: { status: 200, description: 'A page of events.', schema: Feed },
    problems: [NotFound, InvalidCursor],
  },
});
