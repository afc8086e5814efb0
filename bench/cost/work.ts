import type { Scene } from '../setting/scene.ts';
import { mean, median } from '../statistics.ts';
import { DYNAMODB_EXTRA_MS } from './request.ts';

/** What a kind of work takes, on average. */
export interface Work {
  readonly wcu: number;
  readonly rcu: number;
  readonly logBytes: number;
  /** Milliseconds, with what DynamoDB is assumed to take. */
  readonly milliseconds: number;
}

/** Every call as often as it is given, one after another, through the meter, which takes longer than the engine alone. */
export async function work(scene: Scene, calls: readonly (() => Promise<unknown>)[]): Promise<Work> {
  const logged = scene.logged;
  const tallies: { rcu: number; wcu: number; calls: number }[] = [];
  const times: number[] = [];
  for (const call of calls) {
    let milliseconds = 0;
    const {
      rcu,
      wcu,
      calls: counted,
    } = await scene.meter.measure(async () => {
      const since = performance.now();
      await call();
      milliseconds = performance.now() - since;
    });
    times.push(milliseconds);
    tallies.push({ rcu, wcu, calls: Object.values(counted).reduce((sum, count) => sum + count, 0) });
  }
  const average = (key: 'rcu' | 'wcu' | 'calls'): number => mean(tallies.map((tally) => tally[key]));
  // Lines arrive a moment after the answer.
  await new Promise((resolve) => setTimeout(resolve, 50));
  return {
    rcu: average('rcu'),
    wcu: average('wcu'),
    logBytes: (scene.logged - logged) / calls.length,
    milliseconds: median(times) + average('calls') * DYNAMODB_EXTRA_MS,
  };
}
