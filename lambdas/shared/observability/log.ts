import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

import { Problem } from '../http/problem.ts';
import type { GatewayEvent } from '../http/request.ts';
import type { Route } from '../http/route.ts';
import type { Trace } from '../http/trace.ts';

type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * One line of JSON on standard output, which Lambda hands to CloudWatch Logs. The allow-lists below are all this log
 * needs; a logging library takes three times as long for a line.
 */
function write(level: 'INFO' | 'ERROR', message: string, fields: Fields): void {
  const timestamp = new Date().toISOString();
  process.stdout.write(`${JSON.stringify({ level, message, timestamp, ...fields })}\n`);
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

/**
 * One line per request. An allow-list: only fields that are named here, none of which a client can fill with free text.
 * Never a body, a query string, a header or a path with its parameters.
 */
export function logRequest({ route, event, trace, startedAt, result, error }: RequestLog): void {
  const claims = route.scopes === 'public' ? undefined : event.requestContext.authorizer.jwt.claims;
  const fields = {
    operation: route.operationId,
    status: result.statusCode,
    durationMs: Math.round((performance.now() - startedAt) * 1000) / 1000,
    correlationId: trace.correlationId,
    traceId: trace.traceId,
    requestId: event.requestContext.requestId,
    institutionId: claims && String(claims['institution_id']),
    clientId: claims && String(claims['client_id']),
    replayed: result.headers?.['idempotency-replayed'] === 'true' ? true : undefined,
    problem: error instanceof Problem ? error.type.code : undefined,
  };
  if (result.statusCode !== undefined && result.statusCode >= 500) {
    write('ERROR', 'request', { ...fields, ...originOf(error) });
  } else {
    write('INFO', 'request', fields);
  }
}

/** One line per run of an asynchronous job: counts only. */
export function logJob(job: string, counts: Readonly<Record<string, number>>): void {
  write('INFO', 'job', { job, ...counts });
}

/** A job met something it could not put right. @param id what it was about, if that is known */
export function logJobFailure(job: string, error: unknown, id?: string): void {
  write('ERROR', 'job failed', { job, id, ...originOf(error) });
}
