import { setTimeout as sleep } from 'node:timers/promises';

import * as z from 'zod/mini';

import type { LocalQueue } from '../engines/queue.ts';
import type { LocalFunction } from '../functions/function.ts';
import type { Resolve } from '../template/intrinsics.ts';
import type { Template } from '../template/template.ts';
import type { EventSource } from './event-source.ts';
import { compilePattern } from './filter.ts';

/** Its work is handing events to targets. */
export interface Rules extends EventSource {
  /**
   * Hands an event to the targets of every rule it matches, in the background.
   * @param bus name or ARN of an event bus; undefined for the account's default one
   * @param event as targets get it: with `source`, `detail-type`, `detail`
   */
  readonly deliver: (bus: string | undefined, event: Readonly<Record<string, unknown>>) => void;
}

/** A function or a queue. */
export interface Target {
  readonly name: string;
  invoke(event: unknown): Promise<unknown>;
}

/** What rules can have for a target. @throws Error when the template declares no such thing */
export function targets(functionByArn: (arn: string) => LocalFunction, queueByArn: (arn: string) => LocalQueue) {
  return (arn: string): Target => {
    if (!arn.includes(':sqs:')) return functionByArn(arn);
    const queue = queueByArn(arn);
    return { name: arn, invoke: async (event) => queue.send(JSON.stringify(event)) };
  };
}

export interface RulesOptions {
  readonly template: Template;
  readonly resolve: Resolve;
  /** @throws Error when the template declares no such target */
  readonly targetByArn: (arn: string) => Target;
  readonly onLog: (line: string) => void;
}

const DEFAULT_BUS = 'default';

const RuleProperties = z.looseObject({
  EventPattern: z.optional(z.unknown()),
  EventBusName: z._default(z.string(), DEFAULT_BUS),
  State: z._default(z.string(), 'ENABLED'),
  Targets: z._default(
    z.array(
      // Where undeliverable events go, and for how long delivery is tried, is the cloud's business.
      z.strictObject({
        Id: z.string(),
        Arn: z.string(),
        DeadLetterConfig: z.optional(z.unknown()),
        RetryPolicy: z.optional(z.unknown()),
      }),
    ),
    [],
  ),
});

/** How often an event is tried: Lambda repeats what EventBridge hands it twice, after minutes. Here, milliseconds. */
const ATTEMPTS = 3;
const BEFORE_NEXT = 200;

/**
 * The rules with an event pattern that the template declares, on the default bus and on its own ones.
 * @throws Error for a pattern or target that is not supported locally
 */
export function createRules({ template, resolve, targetByArn, onLog }: RulesOptions): Rules {
  const rules = template.ofType('AWS::Events::Rule').flatMap(({ logicalId, properties }) => {
    // A rule with a schedule only is another module's.
    if (properties['EventPattern'] === undefined) return [];
    const { EventPattern, EventBusName, State, Targets } = RuleProperties.parse(resolve(properties));
    if (State !== 'ENABLED') return [];
    return [
      {
        name: logicalId,
        bus: nameOf(EventBusName),
        matches: compilePattern(EventPattern),
        targets: Targets.map(({ Arn }) => targetByArn(Arn)),
      },
    ];
  });
  const stopping = new AbortController();
  const isStopped = (): boolean => stopping.signal.aborted;
  const busy = new Set<Promise<void>>();
  let invocations = 0;

  const run = async (rule: string, target: Target, event: unknown): Promise<void> => {
    for (let attempt = 1; !isStopped(); attempt += 1) {
      try {
        invocations += 1;
        await target.invoke(event);
        return;
      } catch (error) {
        if (isStopped()) return;
        const last = attempt === ATTEMPTS;
        const reason = error instanceof Error ? { error: error.name, reason: error.message, stack: error.stack } : {};
        const message = last ? 'Event given up' : 'Event failed';
        onLog(JSON.stringify({ level: 'ERROR', message, rule, target: target.name, ...reason }));
        if (last) return;
        // Cut short by the end, which is no error.
        await sleep(BEFORE_NEXT * attempt, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  };

  return {
    deliver: (bus = DEFAULT_BUS, event) => {
      if (isStopped()) return;
      for (const { name, matches, targets } of rules.filter((rule) => rule.bus === nameOf(bus))) {
        if (!matches(event)) continue;
        for (const target of targets) {
          const running = run(name, target, event).finally(() => busy.delete(running));
          busy.add(running);
        }
      }
    },
    name: 'rules',
    get invocations() {
      return invocations;
    },
    start: () => undefined,
    caughtUp: async () => {
      while (busy.size > 0) await Promise.all(busy);
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(busy);
    },
  };
}

/** @param bus a name, or an ARN, which ends in `/` and the name */
function nameOf(bus: string): string {
  return bus.slice(bus.lastIndexOf('/') + 1);
}
