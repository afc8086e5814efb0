import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';

import type { CloudEvent } from './cloud-event.ts';

/** The bus from which events go to webhooks, and to whatever else an admin connects to it. */

/** What EventBridge takes at once. */
export const MOST_AT_ONCE = 10;
/** Milliseconds. */
const TIMEOUTS = { connectionTimeout: 2500, requestTimeout: 2500, throwOnRequestTimeout: true };

export class EventBus {
  readonly #client = new EventBridgeClient({ maxAttempts: 3, requestHandler: TIMEOUTS });
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  /** @param events ten at most @returns those that were not taken */
  async put(events: readonly CloudEvent[]): Promise<CloudEvent[]> {
    const { Entries = [] } = await this.#client.send(
      new PutEventsCommand({
        Entries: events.map((event) => ({
          EventBusName: this.#name,
          Source: 'org.oncology-hub',
          DetailType: event.type,
          Detail: JSON.stringify(event),
          Time: new Date(event.time),
        })),
      }),
    );
    return events.filter((_, index) => Entries[index]?.ErrorCode !== undefined);
  }
}
