import * as z from 'zod/mini';

import { CloudEvent } from '../lambdas/notifications/cloud-event.ts';
import { CATALOGUE, type EventTypeEntry } from '../lambdas/notifications/event-types.ts';

/** What partners are told of, as an AsyncAPI document. https://www.asyncapi.com/docs/reference/specification/v3.0.0 */

/** `org.oncology-hub.booking.offered.v1` → `booking.offered.v1` */
const messageName = (type: string): string => type.split('.').slice(2).join('.');

/** What schemas say of themselves but their names: those are the OpenAPI document's, and would be referred to. */
class Nameless extends z.core.$ZodRegistry<z.core.GlobalMeta> {
  override get(schema: z.core.$ZodType) {
    const { id: _, ...rest } = z.globalRegistry.get(schema) ?? {};
    return rest;
  }
}
const metadata = new Nameless();

function schemaOf(schema: z.ZodMiniType): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-7', metadata });
  return rest;
}

function messageOf({ type, description, fields }: EventTypeEntry) {
  const optional = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, z.optional(field)]));
  const told = { type: { const: type }, data: schemaOf(z.looseObject(optional)) };
  return {
    name: type,
    title: messageName(type),
    summary: description,
    contentType: 'application/cloudevents+json',
    payload: { allOf: [{ $ref: '#/components/schemas/CloudEvent' }, { type: 'object', properties: told }] },
  };
}

/** Makes the document. */
export function asyncApiDocument() {
  const messages = Object.fromEntries(CATALOGUE.map((entry) => [messageName(entry.type), messageOf(entry)]));
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Oncology Collaboration Hub',
      version: '1',
      description:
        'What partners are told of, as CloudEvents 1.0: the same in the feed, at webhooks and on the bus. Ids, states and links; nothing clinical.',
    },
    defaultContentType: 'application/cloudevents+json',
    channels: {
      events: {
        address: null,
        description: 'Everything that concerns one institution, in its order.',
        messages: Object.fromEntries(
          Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
      },
    },
    operations: { tell: { action: 'send', channel: { $ref: '#/channels/events' } } },
    components: { messages, schemas: { CloudEvent: schemaOf(CloudEvent) } },
  };
}
