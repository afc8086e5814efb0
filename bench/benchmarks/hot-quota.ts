import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as z from 'zod/mini';

import { quotaRoutes } from '../../lambdas/quotas/contract.ts';
import type { Benchmark } from '../benchmark.ts';
import { type Job, Report, type Round } from '../children/rush-job.ts';
import { build, runChild } from '../setting/child.ts';
import { Scene } from '../setting/scene.ts';
import { mean, median, rounded } from '../statistics.ts';

const SEATS = 100;
const ATTEMPTS = 1000;
const ROUNDS = 5;

const GrantBody = z.looseObject({ balance: z.looseObject({ committed: z.int() }) });

async function prepare(scene: Scene, attempts: number): Promise<Round> {
  const { poolId, grantId, provider, beneficiary } = await scene.grant(SEATS);
  const counter = `COUNTER#${grantId}`;
  await scene.put('QuotasData', [{ pk: counter, sk: 'COUNTER', entitled: SEATS, committed: 0 }]);
  return { target: { poolId, grantId, provider, beneficiary }, counter, attempts, atOnce: attempts };
}

export const hotQuotaBenchmark: Benchmark = {
  name: 'hot-quota',
  description: `${String(ATTEMPTS)} bookings at once for ${String(SEATS)} seats, against as many bare conditional updates`,
  run: async ({ setting, progress, error }) => {
    const scene = await Scene.open(setting, { metered: false });
    try {
      const rounds: Round[] = [];
      for (let count = 0; count <= ROUNDS; count++) rounds.push(await prepare(scene, ATTEMPTS));
      const deployed = setting.deployed('QuotasHttp');
      const job: Job = { moduleUrl: deployed.moduleUrl, rounds, alone: await prepare(scene, SEATS) };
      const file = join(setting.scratch, 'rush.json');
      writeFileSync(file, JSON.stringify(job));

      progress(`${String(ROUNDS)} rounds`);
      const script = build('children/rush.ts', setting.scratch);
      const report = Report.parse(await runChild(script, [file], deployed.environment(scene.hub)));

      const count = (outcome: string) =>
        report.rounds.map(({ outcomes }) => outcomes.filter((each) => each === outcome).length);
      const [confirmed, refused] = [count('held'), count('409')];
      const committed = await Promise.all(
        rounds.slice(1).map(async ({ target }) => {
          if (!('grantId' in target)) throw new Error('There is a rush on something else');
          const { grantId, beneficiary } = target;
          const facts = { route: quotaRoutes.getGrant, sender: beneficiary, params: { grantId } };
          return GrantBody.parse((await scene.ask('QuotasHttp', facts)).body).balance.committed;
        }),
      );
      for (const [round, taken] of committed.entries()) {
        if (taken !== confirmed[round]) error(`${String(confirmed[round])} bookings, but ${String(taken)} units taken`);
      }
      return {
        hotQuota: {
          attempts: ATTEMPTS,
          confirmed: mean(confirmed),
          refused: mean(refused),
          otherAnswers: ATTEMPTS - mean(confirmed) - mean(refused),
          oversold: Math.max(0, ...confirmed.map((bookings) => bookings - SEATS)),
          ratioToBareUpdate: rounded(median(report.rounds.map((round) => round.bareSeconds / round.seconds)), 3),
          attemptsPerSecond: Math.round(median(report.rounds.map(({ seconds }) => ATTEMPTS / seconds))),
          bareUpdatesPerSecond: Math.round(median(report.rounds.map((round) => ATTEMPTS / round.bareSeconds))),
        },
        warmBookingMs: rounded(report.aloneMs ?? Number.NaN, 2),
      };
    } finally {
      await scene.close();
    }
  },
};
