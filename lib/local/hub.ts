import { start } from './start.ts';
import type { Hub, HubOptions } from './types.ts';

export type { MailEntry } from './mail/outbox.ts';
export type { OneTimeSchedule } from './triggers/one-time-schedules.ts';
export type { Hub, HubOptions, TokenRequest } from './types.ts';

type Cleanup = () => Promise<void> | void;

/**
 * Serves the Hub on this machine as its template describes it: tables, bucket, functions, routes with their
 * authorizer, streams and schedules. Listens on 127.0.0.1 only.
 * @throws Error that says what is missing or not supported; nothing is left running then
 */
export async function startHub(options: HubOptions = {}): Promise<Hub> {
  const cleanups: Cleanup[] = [];
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    stopping ??= (async () => {
      // What was started last leans on what was started first.
      for (const cleanup of cleanups.toReversed()) await cleanup();
    })();
    return stopping;
  };
  try {
    return { ...(await start(options, (cleanup) => cleanups.push(cleanup))), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
