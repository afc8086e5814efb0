import { Duration, Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct, type IConstruct } from 'constructs';

import { AGREEMENT_PROBLEMS } from '../../lambdas/agreements/errors.ts';
import { QUOTA_PROBLEMS } from '../../lambdas/quotas/errors.ts';
import { Busy, RateLimited } from '../../lambdas/shared/http/problems.ts';
import { isCounted, type MetricName } from '../../lambdas/shared/observability/metrics.ts';
import type { StageConfig } from '../stage-config.ts';
import { ContextFunction } from './context-function.ts';
import { ContextTable } from './context-table.ts';
import type { Foundation } from './foundation.ts';
import { hubMetric } from './metric.ts';

export interface HubDashboardProps {
  readonly foundation: Foundation;
  readonly api: HttpApi;
}

/**
 * One page on how the Hub does: what partners get done and what they are refused, above the machinery that does it. It
 * shows every function, table and queue that is in the stack when it is made, so it is made last.
 */
export class HubDashboard extends Construct {
  constructor(scope: Construct, id: string, { foundation: { alarms, stage }, api }: HubDashboardProps) {
    super(scope, id);
    const stack = Stack.of(alarms);
    const parts = stack.node.findAll();
    const functions = parts.filter((part) => part instanceof ContextFunction);
    const tables = parts.filter((part) => part instanceof ContextTable).map(({ table }) => table);
    const queues = parts.filter((part) => part instanceof Queue);
    new Dashboard(alarms.watch, 'Dashboard', {
      dashboardName: stack.stackName,
      defaultInterval: Duration.days(1),
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: alarms.shown, width: 24, height: 4 })],
        [heading('What partners get done')],
        businessWidgets(stage),
        courseWidgets(stage),
        [heading('The machinery')],
        apiWidgets(api),
        functionWidgets(functions),
        [...tableWidgets(tables), queueWidget(queues)],
        [sweepWidget(stage), lagWidget(functions)],
        [documentWidget(stage)],
      ],
    });
  }
}

/** Widths of the grid's 24 columns. */
const [THIRD, HALF] = [8, 12];

/** An id that leaves no trace in names has none here. */
const namesIn = (part: IConstruct): string[] => part.node.path.split('/').filter((name) => name !== 'Default');
/** What a part is called, as `Quotas Sweep`. */
const nameOf = (part: IConstruct): string => namesIn(part).slice(1, 3).join(' ');

function heading(text: string): IWidget {
  return new TextWidget({ markdown: `## ${text}`, width: 24, height: 1 });
}

function graph(title: string, width: number, left: readonly IMetric[], axis = 'number'): GraphWidget {
  return new GraphWidget({
    title,
    width,
    height: 6,
    left: [...left],
    leftYAxis: { min: 0, label: axis, showUnits: false },
  });
}

function businessWidgets(stage: StageConfig): IWidget[] {
  const count = (name: MetricName, label: string): IMetric => hubMetric(stage, name, 'Sum').with({ label });
  const refused = [...QUOTA_PROBLEMS, ...AGREEMENT_PROBLEMS, Busy, RateLimited].filter(isCounted);
  return [
    graph('Bookings', THIRD, [
      count('BookingsHeld', 'held'),
      count('BookingsConfirmed', 'confirmed'),
      count('BookingsArrived', 'treatment begun'),
      count('BookingsCompleted', 'treatment completed'),
    ]),
    graph('Bookings that came to nothing', THIRD, [
      count('BookingsReleased', 'released'),
      count('BookingsExpired', 'expired, found by the sweep'),
      count('BookingsCancelled', 'cancelled'),
      count('BookingsNoShow', 'patient did not come'),
    ]),
    graph('Refusals, by reason', THIRD, [
      ...refused.map(({ code }) => hubMetric(stage, 'Refusals', 'Sum', code).with({ label: code })),
      count('Replays', '(repeated requests, answered again)'),
    ]),
  ];
}

/** The sweep tells these every minute; of several runs in a period the greatest is shown. */
function courseWidgets(stage: StageConfig): IWidget[] {
  const units = (name: MetricName, label: string): IMetric => hubMetric(stage, name, 'Maximum').with({ label });
  const usingMetrics = { granted: units('UnitsEntitled', 'granted'), taken: units('UnitsCommitted', 'taken') };
  const derived = (expression: string, label: string): IMetric =>
    new MathExpression({ expression, label, usingMetrics, period: Duration.minutes(5) });
  const free = derived('granted - taken', 'free');
  const waiting = units('UnitsHeld', 'held: waiting for a decision');
  return [
    new SingleValueWidget({
      title: 'Courses of the grants that are open now',
      width: HALF,
      height: 6,
      metrics: [...Object.values(usingMetrics), free, waiting, derived('100 * taken / granted', 'utilisation, %')],
    }),
    graph(
      'Courses',
      HALF,
      [...Object.values(usingMetrics), free, waiting, units('GrantsWithLine', 'grants with a waiting list')],
      'courses',
    ),
  ];
}

function apiWidgets(api: HttpApi): IWidget[] {
  const latency = (statistic: string, label: string): IMetric => api.metricLatency({ statistic, label });
  return [
    graph('Requests', THIRD, [
      api.metricCount({ label: 'requests', statistic: 'Sum' }),
      api.metricClientError({ label: 'refused (4xx)', statistic: 'Sum' }),
      api.metricServerError({ label: 'failed (5xx)', statistic: 'Sum' }),
    ]),
    graph('Time to answer', THIRD, [latency('p50', 'half of them'), latency('p99', '99 %')], 'ms'),
    graph('Requests answered within a second', THIRD, [latency('PR(:1000)', 'of all, %')], '%'),
  ];
}

function functionWidgets(functions: readonly ContextFunction[]): IWidget[] {
  const each = (metric: (of: ContextFunction['function'], label: string) => IMetric): IMetric[] =>
    functions.map((one) => metric(one.function, nameOf(one)));
  const errors = each((of, label) => of.metricErrors({ label }));
  const throttles = each((of, label) => of.metricThrottles({ label }));
  const times = each((of, label) => of.metricDuration({ label, statistic: 'p99' }));
  return [
    graph('Functions: errors', THIRD, errors),
    graph('Functions: throttles', THIRD, throttles),
    graph('Functions: time, 99 %', THIRD, times, 'ms'),
  ];
}

function tableWidgets(tables: readonly TableV2[]): IWidget[] {
  const each = (metric: string, word: string): IMetric[] =>
    tables.map((table) => table.metric(metric, { statistic: 'Sum', label: `${nameOf(table)}, ${word}` }));
  return [
    graph(
      'Tables: units',
      THIRD,
      [...each('ConsumedWriteCapacityUnits', 'written'), ...each('ConsumedReadCapacityUnits', 'read')],
      'units',
    ),
    graph('Tables: throttled', THIRD, [
      ...each('WriteThrottleEvents', 'writes'),
      ...each('ReadThrottleEvents', 'reads'),
    ]),
  ];
}

function queueWidget(queues: readonly Queue[]): IWidget {
  const parked = queues.map((queue) =>
    queue.metricApproximateNumberOfMessagesVisible({
      statistic: 'Maximum',
      label: nameOf(queue),
    }),
  );
  return graph('Queues: messages', THIRD, parked);
}

function sweepWidget(stage: StageConfig): IWidget {
  const sum = (name: MetricName, label: string): IMetric => hubMetric(stage, name, 'Sum').with({ label });
  return graph('Sweep, anchors', HALF, [
    hubMetric(stage, 'GrantsSwept', 'SampleCount').with({ label: 'runs' }),
    hubMetric(stage, 'GrantsSwept', 'Maximum').with({ label: 'grants visited' }),
    sum('GrantsFailed', 'grants that could not be swept'),
    sum('BookingsSettled', 'accounts made to agree with a booking'),
    sum('UnitsAbandoned', 'units that nobody wrote down, given back'),
    sum('CapacityDrift', 'drift'),
    sum('AuditAnchored', 'runs that left an anchor of the audit'),
    sum('WebhooksDisabled', 'webhooks disabled because their receiver is gone or fails'),
  ]);
}

function documentWidget(stage: StageConfig): IWidget {
  const sum = (name: MetricName, label: string): IMetric => hubMetric(stage, name, 'Sum').with({ label });
  return graph('Documents', THIRD, [
    sum('ThreatsFound', 'files with malware'),
    sum('DocumentsOrphaned', 'objects that were nobody’s, removed'),
    sum('DocumentsStuck', 'files whose check has not ended'),
  ]);
}

function lagWidget(functions: readonly ContextFunction[]): IWidget {
  const ages = functions
    .map((one) => one.function)
    .filter((one) => one.node.tryFindChild('Stream') !== undefined)
    .map((one) => one.metric('IteratorAge', { statistic: 'Maximum', label: nameOf(one) }));
  return graph('Streams: age of the oldest change', HALF, ages, 'ms');
}
