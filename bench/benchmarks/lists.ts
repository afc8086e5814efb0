import { institutionRoutes } from '../../lambdas/institutions/contract.ts';
import { quotaRoutes } from '../../lambdas/quotas/contract.ts';
import type { Route } from '../../lambdas/shared/http/route.ts';
import type { Benchmark } from '../benchmark.ts';
import type { Tally } from '../capacity/meter.ts';
import type { EventFacts } from '../setting/events.ts';
import { bookingFor, type GrantFacts } from '../setting/requests.ts';
import { Scene } from '../setting/scene.ts';

const TENANTS = 100;

/** The list routes as the first tenant asks for them. */
function requests({ poolId, grantId, provider, beneficiary }: GrantFacts): [string, string, EventFacts][] {
  const of = (name: string, route: Route, rest: Omit<EventFacts, 'route'>): [string, string, EventFacts] => [
    name,
    route.path.startsWith('/v1/institutions') ? 'InstitutionsHttp' : 'QuotasHttp',
    { route, ...rest },
  ];
  return [
    // Its entries are the tenants themselves: the same page costs the same, so one entry is asked for.
    of('listInstitutions', institutionRoutes.listInstitutions, { sender: beneficiary, query: { limit: '1' } }),
    of('searchInstitutions', institutionRoutes.listInstitutions, {
      sender: beneficiary,
      query: { limit: '1', country: 'BY', kind: 'cancer-centre', service: 'radiotherapy' },
    }),
    of('listPools', quotaRoutes.listPools, { sender: provider }),
    of('listPoolGrants', quotaRoutes.listPoolGrants, { sender: provider, params: { poolId } }),
    of('listGrantsGiven', quotaRoutes.listGrants, { sender: provider }),
    of('listGrantsHeld', quotaRoutes.listGrants, { sender: beneficiary }),
    of('listBookings', quotaRoutes.listBookings, { sender: beneficiary }),
    of('listBookingsOfGrant', quotaRoutes.listBookings, { sender: beneficiary, query: { grantId } }),
  ];
}

/** A provider, a beneficiary, a pool, a grant and two bookings. */
async function tenant(scene: Scene): Promise<GrantFacts> {
  const grant = await scene.grant(10);
  await scene.create(bookingFor(grant));
  await scene.create(bookingFor(grant));
  return grant;
}

export const listsBenchmark: Benchmark = {
  name: 'lists',
  description: `read units of every list with the data of 1 tenant and of ${String(TENANTS)}`,
  run: async ({ setting, progress, error }) => {
    const scene = await Scene.open(setting, { metered: true });
    const measureAll = async (first: GrantFacts): Promise<Map<string, Tally>> => {
      const tallies = new Map<string, Tally>();
      for (const [name, target, facts] of requests(first)) {
        const tally = await scene.meter.measure(async () => {
          const { status } = await scene.ask(target, facts);
          if (status !== 200) throw new Error(`${name} answered ${String(status)}`);
        });
        tallies.set(name, tally);
      }
      return tallies;
    };
    try {
      const first = await tenant(scene);
      const few = await measureAll(first);
      progress(`making ${String(TENANTS - 1)} more tenants`);
      await Promise.all(Array.from({ length: TENANTS - 1 }, () => tenant(scene)));
      const many = await measureAll(first);
      for (const mismatch of new Set(scene.meter.mismatches)) error(mismatch);
      return {
        lists: Object.fromEntries(
          [...many].map(([name, tally]) => {
            const rcuWith1 = few.get(name)?.rcu ?? Number.NaN;
            const { rcu, scannedEqualsCount } = tally;
            return [name, { rcuWith1, rcuWith100: rcu, equal: rcuWith1 === rcu, scannedEqualsCount }];
          }),
        ),
      };
    } finally {
      await scene.close();
    }
  },
};
