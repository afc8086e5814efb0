import { METRICS, type MetricName } from './metrics.ts';

/** What the deployment calls this stage's metrics. Without it, as in a unit test, lines are written all the same. */
const NAMESPACE = process.env['METRICS_NAMESPACE'] ?? 'OncologyHub';

/** What is the same for each line with the same metrics, as text, so that it is made once. */
const directives = new Map<string, string>();

function directiveFor(names: readonly MetricName[]): string {
  const key = names.join();
  const known = directives.get(key);
  if (known !== undefined) return known;
  const by = names.flatMap((name) => ('by' in METRICS[name] ? [METRICS[name].by] : []));
  const metrics = names.map((name) => ({ Name: name, Unit: METRICS[name].unit }));
  const made = JSON.stringify([{ Namespace: NAMESPACE, Dimensions: [by], Metrics: metrics }]);
  directives.set(key, made);
  return made;
}

/**
 * Makes CloudWatch take metrics out of a log line: they are fields of it already, and this says so.
 * @param line an object as JSON, with a field for each of `names` and for what divides them
 * @param time when, in milliseconds since 1970
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embed(line: string, time: number, names: readonly MetricName[]): string {
  return `${line.slice(0, -1)},"_aws":{"Timestamp":${String(time)},"CloudWatchMetrics":${directiveFor(names)}}}`;
}
