import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import * as z from 'zod/mini';

import { eventsRoutes } from '../../lambdas/events/contract.ts';
import { accountKey } from '../../lambdas/events/keys.ts';
import { segmentKey } from '../../lambdas/shared/capacity/segment-item.ts';
import type { Benchmark } from '../benchmark.ts';
import { type Job, Report, type Round } from '../children/rush-job.ts';
import { build, runChild } from '../setting/child.ts';
import { Scene } from '../setting/scene.ts';
import { median, rounded } from '../statistics.ts';

const PLACES = 1000;
const ATTEMPTS = 10_000;
/** Into how many segments the same places are split, one after the other. All places are taken each time. */
const SEGMENTS = [1, 4, 10, 40] as const;
const ROUNDS = 3;
/** As many functions as there would be; the others wait for one. */
const AT_ONCE = 200;

const EventBody = z.looseObject({
  balance: z.looseObject({ online: z.looseObject({ taken: z.int(), free: z.int() }) }),
});

/** @param segments as many as the Hub makes, unless given */
async function prepare(scene: Scene, attempts: number, segments?: number): Promise<Round> {
  // The first segments are the Hub's own: what is put over them has all places, and the others go.
  const target = await scene.event(segments === undefined ? PLACES : segments * 25);
  if (segments !== undefined) {
    const key = accountKey(target.eventId, 'online');
    const whole = { entitled: PLACES / segments, committed: 0, holders: {} };
    await scene.put(
      'EventsData',
      Array.from({ length: segments }, (_, number) => ({ ...segmentKey(key, number), ...whole })),
    );
  }
  const counter = `COUNTER#${target.eventId}`;
  await scene.put('EventsData', [{ pk: counter, sk: 'COUNTER', entitled: PLACES, committed: 0 }]);
  return { target, counter, attempts, atOnce: AT_ONCE };
}

export const eventRushBenchmark: Benchmark = {
  name: 'event-rush',
  description: `${String(ATTEMPTS)} registrations, ${String(AT_ONCE)} at once, for ${String(PLACES)} places, and the same places in ${SEGMENTS.join(', ')} segments`,
  run: async ({ setting, progress, error }) => {
    const scene = await Scene.open(setting, { metered: false });
    try {
      const deployed = setting.deployed('EventsHttp');
      const script = build('children/rush.ts', setting.scratch);
      const play = async (rounds: Round[]): Promise<Report['rounds']> => {
        const job: Job = { moduleUrl: deployed.moduleUrl, rounds };
        const file = join(setting.scratch, 'event-rush.json');
        writeFileSync(file, JSON.stringify(job));
        return Report.parse(await runChild(script, [file], deployed.environment(scene.hub))).rounds;
      };
      const takenOf = async ({ target }: Round): Promise<number> => {
        if (!('eventId' in target)) throw new Error('There is a rush on something else');
        const { eventId, organiser } = target;
        const facts = { route: eventsRoutes.getEvent, sender: organiser, params: { eventId } };
        return EventBody.parse((await scene.ask('EventsHttp', facts)).body).balance.online.taken;
      };

      progress(`${String(ATTEMPTS)} registrations`);
      const rush = await prepare(scene, ATTEMPTS);
      const [whole] = await play([await prepare(scene, 200), rush]);
      if (whole === undefined) throw new Error('The rush has not been reported');
      const count = (outcome: string): number => whole.outcomes.filter((each) => each === outcome).length;
      const [confirmed, waitlisted, taken] = [count('confirmed'), count('waitlisted'), await takenOf(rush)];
      if (taken !== confirmed) error(`${String(confirmed)} registrations, but ${String(taken)} places taken`);

      progress(`${SEGMENTS.join(', ')} segments, in turns`);
      const turns = Array.from({ length: ROUNDS }, () => SEGMENTS).flat();
      const rounds = [await prepare(scene, 50, 1)];
      for (const segments of turns) rounds.push(await prepare(scene, PLACES, segments));
      const played = await play(rounds);
      const perSecond = Object.fromEntries(
        SEGMENTS.map((segments) => {
          const its = played.filter((_, index) => turns[index] === segments);
          return [String(segments), Math.round(median(its.map(({ seconds }) => PLACES / seconds)))];
        }),
      );
      const [one = 0, ...more] = SEGMENTS.map((segments) => perSecond[String(segments)]);
      return {
        eventRush: {
          ...{ places: PLACES, attempts: ATTEMPTS, confirmed, waitlisted, oversold: Math.max(0, taken - PLACES) },
          otherAnswers: ATTEMPTS - confirmed - waitlisted,
          perSecond: Math.round(ATTEMPTS / whole.seconds),
          ratioToBareUpdate: rounded(whole.bareSeconds / whole.seconds, 3),
          segments: perSecond,
          growsWithSegments: more.every((figure = 0) => figure > one),
        },
      };
    } finally {
      await scene.close();
    }
  },
};
