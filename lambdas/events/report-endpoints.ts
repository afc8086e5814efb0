import { CSV_TYPE, mediaTypeFor } from '../shared/http/media-type.ts';
import { page } from '../shared/http/reply.ts';
import { CSV } from '../shared/http/route.ts';
import { on } from '../shared/http/serve.ts';
import type { ListPorts } from './ports.ts';
import { reportRoutes as routes } from './report-contract.ts';
import { eventsAsCsv } from './report-csv.ts';
import { reportEvents } from './report-operations.ts';

/** How the report is called and answered. */
export function reportEndpoints(ports: ListPorts) {
  return [
    on(routes.reportEvents, async ({ permission, query, accept }) => {
      const mediaType = mediaTypeFor(routes.reportEvents, accept);
      const { items, next } = await reportEvents(ports, { permission, ...query });
      const shown = page(items, next);
      return mediaType === CSV ? { ...shown, body: eventsAsCsv(items), media: { type: CSV_TYPE } } : shown;
    }),
  ];
}
