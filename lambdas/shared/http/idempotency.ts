import { createHash } from 'node:crypto';

import type { Caller } from '../auth/caller.ts';
import { Problem } from './problem.ts';
import { IdempotencyKeyReused } from './problems.ts';

/** What makes a request the same request: who sends it, to do what, under which key. */
export interface Sameness {
  readonly caller: Caller;
  /** Operation id and the ids in the path. */
  readonly target: readonly string[];
  readonly idempotencyKey: string;
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);
}

/** Names a request for good: equal only for the same caller, target and key. 128 bits. */
export function requestId({ caller, target, idempotencyKey }: Sameness): string {
  return digest([caller.institutionId, caller.clientId, caller.subject, ...target, idempotencyKey]);
}

/** The refusal of a request whose key stands for another one. */
export const keyReused = (): Problem => new Problem(IdempotencyKeyReused, 'The key was first sent with another body.');

/** Digest of a validated body, independent of the order its fields were sent in. 128 bits. */
export function fingerprintOf(body: unknown): string {
  return digest(sorted(body));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
