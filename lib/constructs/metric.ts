import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';

import { type MetricName, metricsNamespace } from '../../lambdas/shared/observability/metrics.ts';
import type { StageConfig } from '../stage-config.ts';

type Statistic = 'Sum' | 'Maximum' | 'SampleCount';

/** A metric that the Hub's functions emit, over five minutes. @param problem for `Refusals`: of which kind */
export function hubMetric({ stage }: StageConfig, name: MetricName, statistic: Statistic, problem?: string): Metric {
  return new Metric({
    namespace: metricsNamespace(stage),
    metricName: name,
    statistic,
    period: Duration.minutes(5),
    ...(problem !== undefined && { dimensionsMap: { problem } }),
  });
}
