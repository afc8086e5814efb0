import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

import { Problem } from '../http/problem.ts';
import type { GatewayEvent } from '../http/request.ts';
import type { Route } from '../http/route.ts';
import type { Trace } from '../http/trace.ts';
import { embed } from './embedded.ts';
import { isCounted, isMetric, type MetricName } from './metrics.ts';

type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * One line of JSON on standard output, which Lambda hands to CloudWatch Logs. The allow-lists below are all this log
 * needs; a logging library takes three times as long for a line.
 * @param metrics names of fields that CloudWatch is to count, too
 */
function write(level: 'INFO' | 'ERROR', message: string, fields: Fields, ...metrics: readonly MetricName[]): void {
  const now = new Date();
  const line = JSON.stringify({ level, message, timestamp: now.toISOString(), ...fields });
  process.stdout.write(`${metrics.length === 0 ? line : embed(line, now.getTime(), metrics)}\n`);
}

/**
 * Where an error came from, without what it says: messages of libraries can repeat values of a request.
 */
function originOf(error: unknown): { errorName: string; errorStack: string } {
  if (!(error instanceof Error)) return { errorName: typeof error, errorStack: '' };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { errorName: error.name, errorStack: frames.slice(0, 12).join('\n') };
}

export interface RequestLog {
  readonly route: Route;
  readonly event: GatewayEvent;
  readonly trace: Trace;
  /** `performance.now()` at the start. */
  readonly startedAt: number;
  readonly result: APIGatewayProxyStructuredResultV2;
  readonly error?: unknown;
}

/** The metric a request counts in, if any: each in one at most. */
function metricOf(route: Route, status: number, replayed: boolean, error: unknown): MetricName | undefined {
  if (replayed) return 'Replays';
  if (status < 400) return route.counts;
  return error instanceof Problem && isCounted(error.type) ? 'Refusals' : undefined;
}

/**
 * One line per request. An allow-list: only fields that are named here, none of which a client can fill with free text.
 * Never a body, a query string, a header or a path with its parameters.
 */
export function logRequest({ route, event, trace, startedAt, result, error }: RequestLog): void {
  const claims = route.scopes === 'public' ? undefined : event.requestContext.authorizer.jwt.claims;
  const { statusCode: status = 500 } = result;
  const replayed = result.headers?.['idempotency-replayed'] === 'true';
  const metric = metricOf(route, status, replayed, error);
  const fields = {
    operation: route.operationId,
    status,
    durationMs: Math.round((performance.now() - startedAt) * 1000) / 1000,
    correlationId: trace.correlationId,
    traceId: trace.traceId,
    requestId: event.requestContext.requestId,
    institutionId: claims && String(claims['institution_id']),
    clientId: claims && String(claims['client_id']),
    replayed: replayed ? true : undefined,
    problem: error instanceof Problem ? error.type.code : undefined,
    ...(metric && { [metric]: 1 }),
  };
  const metrics = metric === undefined ? [] : [metric];
  if (status >= 500) write('ERROR', 'request', { ...fields, ...originOf(error) }, ...metrics);
  else write('INFO', 'request', fields, ...metrics);
}

/** Numbers by name; those that have the name of a metric are counted. */
type Counts = Readonly<Record<string, number>>;

const metricsIn = (counts: Counts): MetricName[] => Object.keys(counts).filter(isMetric);

/** One line per run of an asynchronous job: counts only. */
export function logJob(job: string, counts: Counts): void {
  write('INFO', 'job', { job, ...counts }, ...metricsIn(counts));
}

interface About {
  /** What it was about, if that is known. */
  readonly id?: string;
  readonly counts?: Counts;
}

/** A job met something it could not put right. */
export function logJobFailure(job: string, error: unknown, { id, counts = {} }: About = {}): void {
  write('ERROR', 'job failed', { job, id, ...counts, ...originOf(error) }, ...metricsIn(counts));
}

export interface TokenLog {
  /** What asked for a token. */
  readonly kind: 'client' | 'person';
  readonly clientId: string;
  /** Missing when the token was refused. */
  readonly institutionId: string | undefined;
}

/** One line per access token that was given or refused. A person is not named, not even by the issuer's id. */
export function logToken({ kind, clientId, institutionId }: TokenLog): void {
  write('INFO', 'token', { outcome: institutionId === undefined ? 'refused' : 'given', kind, clientId, institutionId });
}
