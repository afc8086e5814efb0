import type { Resource, Template } from '../../lib/local/template/template.ts';
import { at } from '../../tests/support/stages.ts';

/** What of a stage costs money by being there, counted in its template. */
export interface Deployed {
  readonly keys: number;
  readonly secrets: number;
  /** Metrics that alarms look at. */
  readonly alarmMetrics: number;
  readonly compositeAlarms: number;
  readonly dashboards: number;
  /** Metrics of one's own that alarms and dashboards show. */
  readonly ownMetrics: number;
  /** Clients for machines that the template itself has. */
  readonly systemClients: number;
  readonly functions: number;
  readonly tables: number;
  readonly replicas: number;
  readonly logRetentionDays: number;
  readonly memoryMB: number;
  readonly platformLog: boolean;
  /** Bytes of a line of the gateway's log: an estimate from its format. */
  readonly accessLogBytes: number;
}

/** Characters that stand for `$context.…` in the gateway's log, on average. */
const CONTEXT_VALUE = 'x'.repeat(16);

export function deployedBy(template: Template): Deployed {
  const count = (type: string): number => template.ofType(type).length;
  const [table] = template.ofType('AWS::DynamoDB::GlobalTable');
  const [lambda] = template.ofType('AWS::Lambda::Function');
  const [log] = template.ofType('AWS::Logs::LogGroup');
  const [stage] = template.ofType('AWS::ApiGatewayV2::Stage');
  const alarms = template.ofType('AWS::CloudWatch::Alarm');
  const format = stage === undefined ? undefined : at(stage, 'AccessLogSettings', 'Format');
  return {
    keys: count('AWS::KMS::Key'),
    secrets: count('AWS::SecretsManager::Secret'),
    alarmMetrics: alarms.reduce((sum, alarm) => sum + Math.max(1, metricsOf(alarm).length), 0),
    compositeAlarms: count('AWS::CloudWatch::CompositeAlarm'),
    dashboards: count('AWS::CloudWatch::Dashboard'),
    ownMetrics: ownMetrics(template),
    systemClients: template
      .ofType('AWS::Cognito::UserPoolClient')
      .filter((client) => JSON.stringify(at(client, 'AllowedOAuthFlows') ?? []).includes('client_credentials')).length,
    functions: count('AWS::Lambda::Function'),
    tables: count('AWS::DynamoDB::GlobalTable'),
    replicas: table === undefined ? 0 : (at(table, 'Replicas') as unknown[]).length - 1,
    logRetentionDays: log === undefined ? 0 : Number(at(log, 'RetentionInDays')),
    memoryMB: lambda === undefined ? 0 : Number(at(lambda, 'MemorySize')),
    platformLog: lambda === undefined || at(lambda, 'LoggingConfig', 'SystemLogLevel') !== 'WARN',
    accessLogBytes: typeof format === 'string' ? format.replace(/\$context\.[\w.]+/g, CONTEXT_VALUE).length : 0,
  };
}

/** The metrics of an alarm on an expression, without the expressions. */
function metricsOf(alarm: Resource): unknown[] {
  const metrics = at(alarm, 'Metrics');
  return Array.isArray(metrics) ? metrics.filter((each) => (each as { MetricStat?: unknown }).MetricStat) : [];
}

/** By namespace, name and dimensions, in alarms; by namespace, name and what follows, in dashboards. */
function ownMetrics(template: Template): number {
  const found = new Set<string>();
  for (const alarm of template.ofType('AWS::CloudWatch::Alarm')) {
    const metrics = metricsOf(alarm).map((each) => (each as { MetricStat: { Metric: object } }).MetricStat.Metric);
    for (const metric of [alarm.properties, ...metrics] as Record<string, unknown>[]) {
      const { Namespace, MetricName, Dimensions = [] } = metric;
      if (typeof Namespace !== 'string' || Namespace.startsWith('AWS/')) continue;
      const dimensions = (Dimensions as { Name: string; Value: unknown }[]).flatMap(({ Name, Value }) => [Name, Value]);
      found.add(JSON.stringify([Namespace, MetricName, ...dimensions]));
    }
  }
  for (const dashboard of template.ofType('AWS::CloudWatch::Dashboard')) {
    const body = JSON.stringify(at(dashboard, 'DashboardBody')).replaceAll('\\"', '"');
    for (const [, metric = ''] of body.matchAll(/\[("(?!AWS\/)[\w/-]+","\w+"(?:,"[^"]*")*)/g)) found.add(`[${metric}]`);
  }
  return found.size;
}
