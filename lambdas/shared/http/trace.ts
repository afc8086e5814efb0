import { randomUUID } from 'node:crypto';

import { isUuid } from '../values.ts';

/** Identifies one exchange across systems. */
export interface Trace {
  readonly correlationId: string;
  /** W3C Trace Context trace-id: 32 hex digits. */
  readonly traceId: string;
  readonly traceparent: string;
}

const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;

/** 32 random hex digits. Out of a UUID, whose bits Node draws in advance. */
const randomHex = (): string => randomUUID().replaceAll('-', '');

/**
 * Continues the client's trace or begins one.
 *
 * A correlation id is echoed and logged, so only a UUID is taken over: free text could carry a person's name.
 * @see https://www.w3.org/TR/trace-context/
 */
export function traceOf(headers: Readonly<Record<string, string | undefined>>): Trace {
  const [, parentTrace, flags] = TRACEPARENT.exec(headers['traceparent'] ?? '') ?? [];
  const traceId = parentTrace ?? randomHex();
  const wanted = headers['x-correlation-id'] ?? '';
  return {
    correlationId: isUuid(wanted) ? wanted : randomUUID(),
    traceId,
    traceparent: `00-${traceId}-${randomHex().slice(16)}-${flags ?? '00'}`,
  };
}
