import { readFileSync, writeSync } from 'node:fs';

import { RepeatedJob } from './repeated-job.ts';

/** Inside of one function that gets the same request again and again, warm. */

const { moduleUrl, event, repetitions } = RepeatedJob.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')));
const { handler } = await import(moduleUrl);

const WARM_UP = 20;
const times: number[] = [];
let answer: unknown;
for (let count = -WARM_UP; count < repetitions; count++) {
  const since = performance.now();
  answer = await handler(event, { functionName: 'bench' });
  if (count >= 0) times.push(performance.now() - since);
}
writeSync(3, JSON.stringify({ times, answer }));
process.exit(0);
