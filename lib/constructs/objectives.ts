import { Duration } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  type IAlarmRule,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';

import type { Meaning } from './alarms.ts';
import type { Foundation } from './foundation.ts';

/** Of the requests of 30 days, as per cent. */
const ANSWERED = 99.9;
const IN_TIME = 99;
const IN_TIME_MS = 1000;

/**
 * How fast the part of the requests that may go wrong is being used up, and over which two windows: the long one says
 * that it matters, the short one that it still goes on. At 14.4 times the speed 2 % of it goes in an hour, at 6 times
 * 5 % in six hours.
 * @see https://sre.google/workbook/alerting-on-slos/
 */
const BURNS = [
  { id: 'Fast', times: 14.4, long: Duration.hours(1), short: Duration.minutes(5) },
  { id: 'Slow', times: 6, long: Duration.hours(6), short: Duration.minutes(30) },
] as const;

/** When there is little traffic a single request is a large share: below this number it is nobody's emergency. */
const FEWEST = 5;

/** The share of bad requests, in per cent, in a window; 0 when there are fewer than `fewest`. */
type Share = (window: Duration, fewest: number) => IMetric;

export interface ObjectivesProps {
  readonly foundation: Foundation;
  readonly api: HttpApi;
}

/** What partners can expect of the API, and an alarm for each objective when it is being missed. */
export class Objectives extends Construct {
  readonly #foundation: Foundation;

  constructor(scope: Construct, id: string, { foundation, api }: ObjectivesProps) {
    super(scope, id);
    this.#foundation = foundation;
    const failed: Share = (period, fewest) =>
      new MathExpression({
        label: 'requests failed, %',
        expression: `IF(failed >= ${String(fewest)}, 100 * failed / requests, 0)`,
        usingMetrics: {
          failed: api.metricServerError({ statistic: 'Sum' }),
          requests: api.metricCount({ statistic: 'Sum' }),
        },
        period,
      });
    const late: Share = (period, fewest) =>
      new MathExpression({
        label: 'requests late, %',
        expression: `IF(requests * (100 - intime) / 100 >= ${String(fewest)}, 100 - intime, 0)`,
        usingMetrics: {
          intime: api.metricLatency({ statistic: `PR(:${String(IN_TIME_MS)})` }),
          requests: api.metricCount({ statistic: 'Sum' }),
        },
        period,
      });
    this.#watch('RequestsFail', failed, 100 - ANSWERED, {
      impact:
        'Partners’ staff get errors instead of answers: bookings cannot be made, confirmed or looked up reliably.',
      runbook: 'respond-to-failing-requests',
    });
    this.#watch('RequestsLate', late, 100 - IN_TIME, {
      impact: 'Partners’ staff wait seconds for each step of a booking, and systems with short time limits give up.',
      runbook: 'respond-to-late-requests',
    });
  }

  #watch(id: string, share: Share, allowed: number, meaning: Meaning): void {
    const { alarms } = this.#foundation;
    const windows = new Construct(this, `${id}Windows`);
    const window = (name: string, metric: IMetric, times: number): IAlarmRule => {
      const alarm = alarms.part(windows, name, {
        description: `Part of the alarm ${id}, which says what it means. It tells nobody unless it cannot be judged.`,
        metric,
        threshold: Math.round(times * allowed * 1000) / 1000,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        when: [1, 1],
        // No requests, no failures.
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      return AlarmRule.fromAlarm(alarm, AlarmState.ALARM);
    };
    const rule = (): IAlarmRule =>
      AlarmRule.anyOf(
        ...BURNS.map((burn) =>
          AlarmRule.allOf(
            window(`${burn.id}Long`, share(burn.long, FEWEST), burn.times),
            window(`${burn.id}Short`, share(burn.short, 1), burn.times),
          ),
        ),
      );
    alarms.raiseWhen(this, id, rule, meaning);
  }
}
