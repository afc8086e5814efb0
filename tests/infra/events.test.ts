import { readFileSync } from 'node:fs';

import schema from '@asyncapi/specs/schemas/3.0.0-without-$id.json' with { type: 'json' };
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';

import type { PublishedRow } from '../../lambdas/audit/published-rows.ts';
import { eventOf } from '../../lambdas/notifications/cloud-event.ts';
import { CATALOGUE, EVENT_TYPES } from '../../lambdas/notifications/event-types.ts';
import { asyncApiDocument } from '../../lib/asyncapi.ts';
import { eventsPage } from '../../lib/events-page.ts';

const committed = JSON.parse(readFileSync('asyncapi.json', 'utf8')) as ReturnType<typeof asyncApiDocument>;

test('what is committed of the events is what the catalogue says: run `npm run openapi`', () => {
  expect(committed).toEqual(JSON.parse(JSON.stringify(asyncApiDocument())));
  expect(readFileSync('docs/events.md', 'utf8')).toBe(eventsPage(CATALOGUE));
});

test('the AsyncAPI document is one, by its own schema', () => {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.validate(schema, committed);
  expect(ajv.errors).toBeNull();
});

test('every type has one name, and its version', () => {
  expect(new Set(EVENT_TYPES).size).toBe(EVENT_TYPES.length);
  for (const type of EVENT_TYPES) expect(type).toMatch(/^org\.oncology-hub(?:\.[a-z][a-z-]*){2}\.v\d+$/);
});

describe('an event', () => {
  const ajv = new Ajv({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema(committed, 'document');
  const isA = (name: string, event: unknown) =>
    ajv.validate({ $ref: `document#/components/messages/${name}/payload` }, event);
  const institution = '019a8f3e-7c00-7a11-8000-000000000001';
  const id = '019a8f3e-7c00-7a11-8000-000000000002';
  const row: PublishedRow = {
    ...{ chain: institution, sequence: '0000000042', subjectType: 'booking', subject: id, action: 'offer', version: 3 },
    ...{ at: '2026-03-02T09:30:00Z', by: undefined },
    after: { status: 'offered', expiresAt: '2026-03-04T09:30:00.000Z', confidential: 'Zm9v', patient: 'P-1' },
  };

  test('is what the document says of its type', () => {
    const event = eventOf(row)?.event;
    expect(isA('booking.offered.v1', event)).toBe(true);
    expect(isA('booking.held.v1', event)).toBe(false);
  });

  test('tells of nothing but what is named', () => {
    expect(eventOf(row)?.event.data).toEqual({
      ...{ id, href: `/v1/bookings/${id}`, action: 'offer', version: 3 },
      ...{ status: 'offered', expiresAt: '2026-03-04T09:30:00.000Z' },
    });
  });

  test.each(['age', 'amend', 'read', 'constructor'])('is not made of the action %s', (action) => {
    expect(eventOf({ ...row, action })).toBeUndefined();
  });
});
