import { randomUUID } from 'node:crypto';

import * as z from 'zod/mini';

import type { LocalFunction } from '../functions/function.ts';
import type { Resolve } from '../template/intrinsics.ts';
import type { Template } from '../template/template.ts';

export interface Schedules {
  start(): void;
  /**
   * Runs a rule's functions now.
   * @throws FunctionError when one of them fails
   */
  run(ruleLogicalId: string): Promise<void>;
  readonly stop: () => void;
}

export interface SchedulesOptions {
  readonly template: Template;
  readonly resolve: Resolve;
  readonly region: string;
  readonly accountId: string;
  readonly functionByArn: (arn: string) => LocalFunction;
  readonly onLog: (line: string) => void;
}

const RuleProperties = z.looseObject({
  ScheduleExpression: z.optional(z.string()),
  State: z._default(z.string(), 'ENABLED'),
  Targets: z._default(z.array(z.looseObject({ Arn: z.string() })), []),
});

const MILLISECONDS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
/** The longest a timer can wait, about 25 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * The scheduled rules that the template declares.
 * @throws Error for a schedule that is not a rate
 */
export function createSchedules(options: SchedulesOptions): Schedules {
  const { template, resolve, region, accountId, functionByArn, onLog } = options;
  const timers: NodeJS.Timeout[] = [];
  const rules = new Map(
    template.ofType('AWS::Events::Rule').flatMap(({ logicalId, properties }) => {
      const { ScheduleExpression, State, Targets } = RuleProperties.parse(resolve(properties));
      if (ScheduleExpression === undefined) return [];
      const rule = {
        enabled: State === 'ENABLED',
        period: periodOf(ScheduleExpression, logicalId),
        targets: Targets.map(({ Arn }) => functionByArn(Arn)),
      };
      return [[logicalId, rule] as const];
    }),
  );

  const run = async (logicalId: string): Promise<void> => {
    const event = {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: accountId,
      time: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
      region,
      resources: [`arn:aws:events:${region}:${accountId}:rule/${logicalId}`],
      detail: {},
    };
    await Promise.all((rules.get(logicalId)?.targets ?? []).map((target) => target.invoke(event)));
  };

  return {
    run,
    start: () => {
      for (const [logicalId, { enabled, period }] of rules) {
        if (!enabled || period > LONGEST_TIMER) continue;
        const timer = setInterval(() => {
          run(logicalId).catch((error: unknown) => {
            const reason = error instanceof Error ? error.message : String(error);
            onLog(JSON.stringify({ level: 'ERROR', message: 'Scheduled run failed', rule: logicalId, reason }));
          });
        }, period);
        timers.push(timer);
      }
    },
    stop: () => {
      for (const timer of timers) clearInterval(timer);
    },
  };
}

/** @returns milliseconds */
function periodOf(expression: string, rule: string): number {
  const [, value, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const milliseconds = MILLISECONDS[unit];
  if (milliseconds === undefined) {
    throw new Error(`The schedule ${expression} of ${rule} is not supported locally: only rate(…) is.`);
  }
  return Number(value) * milliseconds;
}
