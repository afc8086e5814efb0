import { Problem } from './problem.ts';
import { StaleVersion } from './problems.ts';

/**
 * Keeps a change from being made to another version than the one that the client has seen.
 * @param name of what is to be changed, as it is told to the client
 * @param expectedVersion from `If-Match`; any unless given
 * @throws Problem `stale-version`
 */
export function refuseStale(
  name: string,
  { version }: { readonly version: number },
  expectedVersion: number | undefined,
): void {
  if (expectedVersion === undefined || version === expectedVersion) return;
  throw new Problem(StaleVersion, `The ${name} is at version ${String(version)}.`);
}
