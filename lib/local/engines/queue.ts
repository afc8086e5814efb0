import { createHash, randomUUID } from 'node:crypto';

import * as z from 'zod/mini';

/** A message that a queue holds. Times are in milliseconds since the epoch. */
export const Message = z.object({
  id: z.string(),
  body: z.string(),
  /** Messages of a group that has many under way wait for those of others. */
  group: z.optional(z.string()),
  sentAt: z.number(),
  /** Nobody gets it before. */
  visibleAt: z.number(),
  received: z.int(),
  firstReceivedAt: z.optional(z.number()),
  /** By which whoever received it last speaks of it. */
  receipt: z.optional(z.string()),
});
export type Message = z.infer<typeof Message>;

/** A message that was received. */
export type Received = Message & { readonly receipt: string };

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

export interface QueueSettings {
  readonly arn: string;
  /** Milliseconds for which a received message is hidden. */
  readonly visibilityTimeout: number;
  /** Milliseconds for which a message is kept. */
  readonly retention: number;
  /** Where messages go that were received too often. */
  readonly redrive?: { readonly target: (message: Message) => void; readonly maxReceiveCount: number };
  /** What it held when it ended last. */
  readonly messages: readonly Message[];
  /** Called after every change. */
  readonly onChange: () => void;
}

/** The longest that a message may be hidden after it was received, in milliseconds. */
const LONGEST_VISIBILITY = 12 * 3_600_000;

/** A standard queue as SQS has them: at least once, in no order that counts. */
export class LocalQueue {
  readonly arn: string;
  readonly #settings: QueueSettings;
  readonly #messages: Map<string, Message>;

  constructor(settings: QueueSettings) {
    this.arn = settings.arn;
    this.#settings = settings;
    this.#messages = new Map(settings.messages.map((message) => [message.id, message]));
  }

  get messages(): readonly Message[] {
    return [...this.#messages.values()];
  }

  /** How many may be received now. */
  get visible(): number {
    const now = Date.now();
    return this.messages.filter(({ visibleAt }) => visibleAt <= now).length;
  }

  /** @param delay milliseconds until anybody may receive it */
  send(body: string, group?: string, delay = 0): Message {
    const now = Date.now();
    const message: Message = {
      id: randomUUID(),
      body,
      ...(group !== undefined && { group }),
      sentAt: now,
      visibleAt: now + delay,
      received: 0,
    };
    this.take(message);
    return message;
  }

  /** Takes over a message as it is. */
  take(message: Message): void {
    this.#messages.set(message.id, message);
    this.#settings.onChange();
  }

  /** Hides up to `limit` messages for the queue's visibility timeout, and returns them. */
  receive(limit: number): Received[] {
    const now = Date.now();
    const { redrive, retention, visibilityTimeout } = this.#settings;
    const received: Received[] = [];
    while (received.length < limit) {
      const next = this.#next(now);
      if (next === undefined) break;
      if (now - next.sentAt > retention) {
        this.#messages.delete(next.id);
      } else if (redrive !== undefined && next.received >= redrive.maxReceiveCount) {
        this.#messages.delete(next.id);
        redrive.target({ ...next, visibleAt: now, received: 0 });
      } else {
        const taken: Received = {
          ...next,
          receipt: randomUUID(),
          received: next.received + 1,
          firstReceivedAt: next.firstReceivedAt ?? now,
          visibleAt: now + visibilityTimeout,
        };
        this.#messages.set(next.id, taken);
        received.push(taken);
      }
    }
    if (received.length > 0) this.#settings.onChange();
    return received;
  }

  /** Removes a message. Nothing happens when somebody else has received it since. */
  remove(receipt: string): void {
    const message = this.#holderOf(receipt);
    if (message === undefined) return;
    this.#messages.delete(message.id);
    this.#settings.onChange();
  }

  /**
   * Hides a received message for another time, counted from now.
   * @param timeout milliseconds
   * @returns whether the receipt still counts and the time is allowed
   */
  changeVisibility(receipt: string, timeout: number): boolean {
    const message = this.#holderOf(receipt);
    if (message === undefined || timeout < 0 || timeout > LONGEST_VISIBILITY) return false;
    this.#messages.set(message.id, { ...message, visibleAt: Date.now() + timeout });
    this.#settings.onChange();
    return true;
  }

  #holderOf(receipt: string): Message | undefined {
    return this.messages.find((message) => message.receipt === receipt);
  }

  /** The oldest visible message of those whose group has the fewest under way. */
  #next(now: number): Message | undefined {
    const underWay = new Map<string | undefined, number>();
    for (const { group, visibleAt } of this.#messages.values()) {
      if (group !== undefined && visibleAt > now) underWay.set(group, (underWay.get(group) ?? 0) + 1);
    }
    const busy = ({ group }: Message): number => underWay.get(group) ?? 0;
    let best: Message | undefined;
    for (const message of this.#messages.values()) {
      if (message.visibleAt > now) continue;
      if (best === undefined || busy(message) < busy(best)) best = message;
    }
    return best;
  }
}
