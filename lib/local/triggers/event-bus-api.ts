import { randomUUID } from 'node:crypto';

import * as z from 'zod/mini';

import type { TargetApi } from '../gateway/control-plane.ts';
import type { Call } from '../permissions/calls.ts';
import type { Rules } from './rules.ts';

/**
 * EventBridge's own API, as far as functions call it: putting events on a bus of the template.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */

const PutEvents = z.object({
  Entries: z
    .array(
      z.object({
        EventBusName: z.string(),
        Source: z.string(),
        DetailType: z.string(),
        Detail: z.string(),
        /** Seconds since 1970. */
        Time: z.number(),
      }),
    )
    .check(z.minLength(1), z.maxLength(10)),
});

export interface EventBuses {
  readonly region: string;
  readonly accountId: string;
  readonly deliver: Rules['deliver'];
  /** @returns the call, when it is not allowed */
  readonly refused: (functionName: string, call: Call) => Call | undefined;
}

export function eventBusApi({ region, accountId, deliver, refused }: EventBuses): TargetApi {
  return (functionName, operation, request) => {
    if (operation !== 'PutEvents') return refusal('UnknownOperationException', `${operation} is not known locally.`);
    const { Entries } = PutEvents.parse(request);
    for (const name of new Set(Entries.map(({ EventBusName }) => EventBusName))) {
      const resource = `arn:aws:events:${region}:${accountId}:event-bus/${name}`;
      if (refused(functionName, { action: 'events:PutEvents', resource }) === undefined) continue;
      return refusal('AccessDeniedException', `User: ${functionName} is not authorized to perform: events:PutEvents`);
    }
    const put = Entries.map(({ EventBusName, Source, DetailType, Detail, Time }) => {
      const id = randomUUID();
      deliver(EventBusName, {
        version: '0',
        id,
        'detail-type': DetailType,
        source: Source,
        account: accountId,
        time: new Date(Time * 1000).toISOString().replace(/\.\d+Z$/, 'Z'),
        region,
        resources: [],
        detail: JSON.parse(Detail),
      });
      return { EventId: id };
    });
    return { status: 200, body: { FailedEntryCount: 0, Entries: put } };
  };
}

function refusal(code: string, message: string) {
  return { status: 400, body: { __type: code, message } };
}
