import type { EventTypeEntry } from '../lambdas/notifications/event-types.ts';
import { markdownTable } from './markdown.ts';

/** The catalogue of events as a page. */

const INTRODUCTION = `# What partners are told of

Every event there is, by what it is about. Each is a [CloudEvent](https://cloudevents.io) and says the same in the feed
(\`GET /v1/notifications\`), at a webhook and on the bus; \`asyncapi.json\` describes them for machines. This page and that
document are written from the catalogue by \`npm run openapi\`.

\`data\` always has \`id\`, \`action\` and mostly \`version\`, \`href\` and \`by\`. What else has changed of the fields below is there,
too. An event tells that something has happened, not how things are: read \`href\` for that. Nothing clinical is told.
`;

/** @returns the page in Markdown */
export function eventsPage(catalogue: readonly EventTypeEntry[]): string {
  const sections = [...Map.groupBy(catalogue, ({ subjectType }) => subjectType)].map(([subjectType, entries]) => {
    const fields = Object.keys(entries[0]?.fields ?? {}).map((name) => `\`${name}\``);
    const told = fields.length === 0 ? '' : `Also told: ${fields.join(', ')}.\n\n`;
    const rows = entries.map(({ type, description }) => [`\`${type}\``, description]);
    return `## ${subjectType}\n\n${told}${markdownTable([['type', 'when'], ...rows])}`;
  });
  return [INTRODUCTION, ...sections].join('\n');
}
