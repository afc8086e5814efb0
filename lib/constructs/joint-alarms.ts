import { Duration, Stack } from 'aws-cdk-lib';
import { ComparisonOperator, type IMetric, MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';

import type { Alarms, MetricAlarmProps } from './alarms.ts';

/** Milliseconds that a change may wait for its turn. */
const LATE = Duration.minutes(10).toMilliseconds();

/** Metrics that CloudWatch takes in one alarm. */
const MOST_METRICS = 10;
/** Of what an alarm says of its functions. CloudWatch takes 1024, with what to do. */
const MOST_LETTERS = 900;

interface Kind extends Omit<MetricAlarmProps, 'metric' | 'impact'> {
  readonly label: string;
  /** What the values of all functions come to. @param values expressions without gaps */
  readonly join: (values: readonly string[]) => string;
}

/** What is watched of many functions in the same way. */
const KINDS = {
  // What fails once is tried again, by the client, the stream or the next run.
  Failing: {
    label: 'failed and not started',
    join: (values) => values.join(' + '),
    threshold: 1,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    when: [2, 3],
    // A function that does not run has neither.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    runbook: 'respond-to-a-failing-function',
  },
  Lagging: {
    label: 'age of the oldest change, ms',
    join: (values) => `MAX([${values.join(', ')}])`,
    threshold: LATE,
    comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    when: [2, 2],
    // No changes, nothing that waits.
    treatMissingData: TreatMissingData.NOT_BREACHING,
    runbook: 'respond-to-a-stream-that-lags',
  },
} as const satisfies Record<string, Kind>;
export type JointKind = keyof typeof KINDS;

/** What an alarm says of one function. */
export interface Watched {
  readonly metrics: readonly IMetric[];
  /** What people cannot do while it goes on, in a sentence. */
  readonly impact: string;
}

interface Member extends Watched {
  /** As it is called in its context, such as `Sweep`. */
  readonly name: string;
}

/**
 * Alarms that functions of one context share, for a stack takes five hundred resources. Each says what every function is
 * for; the dashboard shows which of them it is.
 */
export class JointAlarms {
  readonly #groups = new Map<Construct, Map<JointKind, Member[]>>();

  /** Has a function watched together with others of its context. */
  add(kind: JointKind, part: Construct, watched: Watched): void {
    const context = part.node.scopes.filter((each) => each instanceof Construct).find(isInStack) ?? part;
    const names = part.node.path.split('/').slice(2);
    const name = names.filter((each) => each !== 'Default' && each !== 'Function').join(' ');
    const kinds = this.#groups.get(context) ?? new Map<JointKind, Member[]>();
    this.#groups.set(context, kinds);
    kinds.set(kind, [...(kinds.get(kind) ?? []), { name, ...watched }]);
  }

  /** Makes the alarms. What is added later is not watched. */
  raise(alarms: Alarms): void {
    for (const [context, kinds] of this.#groups) {
      for (const [kind, members] of kinds) {
        for (const [index, group] of grouped(members).entries()) {
          alarms.raise(context, index === 0 ? kind : `${kind}${String(index + 1)}`, propsOf(KINDS[kind], group));
        }
      }
    }
  }
}

/** Whether a construct is what a stack is composed of, and not a part of that. */
function isInStack({ node }: Construct): boolean {
  return node.scope instanceof Stack;
}

/** Puts as many into one alarm as it takes. */
function grouped(members: readonly Member[]): Member[][] {
  const groups: Member[][] = [];
  for (const member of members) {
    const last = groups.at(-1);
    if (last !== undefined && fits([...last, member])) last.push(member);
    else groups.push([member]);
  }
  return groups;
}

function fits(group: readonly Member[]): boolean {
  return group.flatMap(({ metrics }) => metrics).length <= MOST_METRICS && impactOf(group).length <= MOST_LETTERS;
}

function propsOf({ label, join, ...kind }: Kind, group: readonly Member[]): MetricAlarmProps {
  const metrics = group.flatMap((member) => member.metrics);
  const named = metrics.map((metric, index) => [`m${String(index)}`, metric] as const);
  return {
    ...kind,
    impact: impactOf(group),
    metric: new MathExpression({
      label,
      expression: join(named.map(([name]) => `FILL(${name}, 0)`)),
      usingMetrics: Object.fromEntries(named),
      period: Duration.minutes(5),
    }),
  };
}

/** `Settle, Sweep: …. Ledger: ….` */
function impactOf(group: readonly Member[]): string {
  const byImpact = Map.groupBy(group, ({ impact }) => impact);
  return [...byImpact].map(([impact, members]) => `${members.map(({ name }) => name).join(', ')}: ${impact}`).join(' ');
}
