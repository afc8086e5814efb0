/**
 * Every metric of the Hub's own, named once: functions emit them in their log lines, alarms and dashboard read them.
 * Beside these there are those that AWS keeps of its services (errors, latency, throttles), which cost nothing. Pure.
 *
 * A metric is paid for each month in which it has a value, and for each value of its dimension: so no institution,
 * client or id is ever a dimension.
 */

interface Metric {
  /** As CloudWatch names it. */
  readonly unit: 'Count';
  /** The field of the line that divides the metric; what it can be is bounded by the contracts. */
  readonly by?: 'problem';
}

const count: Metric = { unit: 'Count' };

export const METRICS = {
  // Requests that did something to a booking, by what they did. A repetition is counted as that alone.
  BookingsHeld: count,
  BookingsConfirmed: count,
  BookingsReleased: count,
  BookingsCancelled: count,
  BookingsArrived: count,
  BookingsCompleted: count,
  BookingsNoShow: count,
  Replays: count,
  /** Requests that the rules or a crowd refused: see `isCounted`. */
  Refusals: { unit: 'Count', by: 'problem' },
  // The sweep, once a minute.
  GrantsSwept: count,
  GrantsFailed: count,
  BookingsExpired: count,
  BookingsSettled: count,
  UnitsAbandoned: count,
  /** Grants whose account contradicts itself, or bookings without their unit. */
  CapacityDrift: count,
  // Documents, when they happen.
  /** Files in which the scanner found malware. */
  ThreatsFound: count,
  /** Objects in the bucket that were nobody's, and are removed. */
  DocumentsOrphaned: count,
  /** Documents whose check or scan had not ended in time. A run of the sweep that finds none counts, too. */
  DocumentsStuck: count,
  /** Runs at whose end today's anchor of the audit is there. */
  AuditAnchored: count,
  /** Webhooks that the Hub has disabled, because their receiver is gone or fails. */
  WebhooksDisabled: count,
  // What the sweep has seen in the grants whose period is not over.
  UnitsEntitled: count,
  UnitsCommitted: count,
  UnitsHeld: count,
  /** Grants in whose line somebody waits. */
  GrantsWithLine: count,
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;

export function isMetric(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name);
}

/** Where a stage's metrics are kept, apart from those of another stage in the same account. */
export function metricsNamespace(stage: string): string {
  return `OncologyHub/${stage}`;
}

/**
 * Whether a refusal is counted: what is sold out, not allowed by a rule of the domain, too crowded, or too much of one
 * client. What a client got
 * wrong is not: the gateway's own count of 4xx shows it, and a line in the log which it was. Nor is what only an admin or a
 * coordinator meets who looks after the registry: each kind costs as much as one that somebody watches.
 */
export function isCounted({ status, uncounted }: { readonly status: number; readonly uncounted?: true }): boolean {
  return (status === 409 || status === 429 || status === 503) && uncounted !== true;
}
