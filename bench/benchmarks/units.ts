import { quotaRoutes } from '../../lambdas/quotas/contract.ts';
import type { Benchmark, Figures } from '../benchmark.ts';
import type { Tally } from '../capacity/meter.ts';
import type { EventFacts } from '../setting/events.ts';
import { bookingFor, type GrantFacts } from '../setting/requests.ts';
import { type Answer, Scene } from '../setting/scene.ts';
import { mean, rounded } from '../statistics.ts';

const SEATS = 100;
const REPEATS = 20;
const NO_GRANT: GrantFacts = {
  poolId: '',
  grantId: '',
  provider: { institutionId: '' },
  beneficiary: { institutionId: '' },
};

interface Step {
  readonly tally: Tally;
  readonly answer: Answer;
  /** Bytes the function logged meanwhile. */
  readonly logBytes: number;
}

async function step(scene: Scene, facts: EventFacts, status: number): Promise<Step> {
  const before = scene.logged;
  let answer: Answer | undefined;
  const tally = await scene.meter.measure(async () => {
    answer = await scene.ask('QuotasHttp', facts);
  });
  if (answer?.status !== status) throw new Error(`${facts.route.operationId}: ${JSON.stringify(answer)}`);
  return { tally, answer, logBytes: scene.logged - before };
}

const meanUnits = (steps: readonly Step[]) => ({
  wcu: rounded(mean(steps.map(({ tally }) => tally.wcu)), 3),
  rcu: rounded(mean(steps.map(({ tally }) => tally.rcu)), 3),
});

const meanCalls = (steps: readonly Step[]): Figures => {
  const names = [...new Set(steps.flatMap(({ tally }) => Object.keys(tally.calls)))];
  return Object.fromEntries(
    names.map((name) => [name, rounded(mean(steps.map(({ tally }) => tally.calls[name] ?? 0)), 3)]),
  );
};

export const unitsBenchmark: Benchmark = {
  name: 'units',
  description: 'capacity units of a booking, a refusal, a replay and a confirmation, through the real handler',
  run: async ({ setting, progress, error }) => {
    const scene = await Scene.open(setting, { metered: true });
    try {
      let grant = NO_GRANT;
      // The first requests make connections and credentials, log a cold start, and ask who is shut out.
      const making = await scene.meter.measure(async () => {
        grant = await scene.grant(SEATS);
      });

      progress(`selling ${String(SEATS)} seats out`);
      const requests = Array.from({ length: SEATS }, () => bookingFor(grant));
      const bookings: Step[] = [];
      for (const request of requests) bookings.push(await step(scene, request, 201));

      progress('refusals, replays, confirmations');
      const soldOut: Step[] = [];
      for (let count = 0; count < REPEATS; count++) soldOut.push(await step(scene, bookingFor(grant), 409));
      const replays: Step[] = [];
      for (const request of requests.slice(0, REPEATS)) replays.push(await step(scene, request, 201));
      const confirmations: Step[] = [];
      for (const { answer } of bookings.slice(0, REPEATS)) {
        const facts = { route: quotaRoutes.confirmBooking, sender: grant.beneficiary };
        confirmations.push(await step(scene, { ...facts, params: { bookingId: String(answer.body['id']) } }, 200));
      }

      for (const mismatch of new Set(scene.meter.mismatches)) error(mismatch);
      // Lines arrive a moment after the answer: only their sum is exact.
      const logBytes = Math.round(mean(bookings.map((booking) => booking.logBytes)));
      return {
        booking: { ...meanUnits(bookings), calls: meanCalls(bookings), logBytes },
        soldOut: { ...meanUnits(soldOut), calls: meanCalls(soldOut) },
        replay: { ...meanUnits(replays), calls: meanCalls(replays) },
        doors: { rcu: making.doorsRcu },
        confirm: { ...meanUnits(confirmations), calls: meanCalls(confirmations) },
      };
    } finally {
      await scene.close();
    }
  },
};
