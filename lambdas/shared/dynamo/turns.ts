import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds. */
const LONGEST_PAUSE = 160;

/** Lets those who meet at the same items go one after another: waits before an attempt, but not before the first. */
export async function takeTurns(attempt: number): Promise<void> {
  if (attempt > 0) await sleep(Math.random() * Math.min(LONGEST_PAUSE, 10 * 2 ** attempt));
}
