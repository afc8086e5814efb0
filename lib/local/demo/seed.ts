import * as z from 'zod/mini';

import type { Hub } from '../hub.ts';
import type { Store } from '../store.ts';
import { DEMO_AGREEMENT } from './agreements.ts';
import { Created, caller, institution } from './caller.ts';
import { DEMO_INSTITUTIONS } from './institutions.ts';
import { DEMO_POOLS, type DemoGrant, type DemoPool } from './quotas.ts';
import { seedEvents } from './seed-events.ts';
import { seedTraining } from './seed-training.ts';

/** What the demonstration leads its reader to. */
const Demo = z.object({
  year: z.int(),
  /** Alexandrov's grant at Dimitrovgrad, with nothing booked on it. */
  grantId: z.string(),
  /** How many accounts may act for the institutions. */
  accounts: z._default(z.int(), 0),
});
export type Demo = z.infer<typeof Demo>;

const DOCUMENT = 'demo';
const Proposed = z.looseObject({ latest: z.looseObject({ hash: z.string() }) });

/**
 * Registers the demo institutions, enrols their accounts and fills pools, grants and bookings through the API, unless that has been done this
 * year already. Repeating it after it was broken off half-way makes nothing twice.
 * @throws Error with the API's refusal
 */
export async function seedDemo(hub: Hub, store: Store): Promise<Demo> {
  const year = new Date().getUTCFullYear();
  const kept = store.read(DOCUMENT, Demo);
  const accounts = hub.accounts.length;
  if (kept?.year === year && kept.accounts === accounts && (await isThere(hub, kept.grantId))) return kept;

  const institutions = DEMO_INSTITUTIONS.map(({ alias: _, ...institution }) => institution);
  await hub.invoke('InstitutionsRegister', { institutions });
  const [made] = await Promise.all([makePools(hub, year), enrolAccounts(hub)]);
  const grantId = made.flatMap((grants) => [...grants]).find(([key]) => key === 'dimitrovgrad/alexandrov')?.[1];
  if (grantId === undefined) throw new Error('The demonstration has no grant for alexandrov.');
  const demo = { year, grantId, accounts };
  store.write(DOCUMENT, demo);
  return demo;
}

async function enrolAccounts(hub: Hub): Promise<void> {
  const members = hub.accounts.map(({ clientId: id, institutionId, role }) => ({
    kind: 'person',
    id,
    institutionId,
    roles: [role],
  }));
  await hub.invoke('InstitutionsMembers', { action: 'enrol', members });
}

async function makePools(hub: Hub, year: number) {
  // The other contexts learn of the partners from the registry's stream, and the quotas of agreements from theirs.
  await hub.drainStreams();
  const agreementId = await makeAgreement(hub, year);
  await hub.drainStreams();
  const [made] = await Promise.all([
    Promise.all(DEMO_POOLS.map((pool) => makePool(hub, pool, year, agreementId))),
    seedTraining(hub, year),
    seedEvents(hub, year),
  ]);
  return made;
}

/** @returns the id of an agreement in force */
async function makeAgreement(hub: Hub, year: number): Promise<string> {
  const { parties, kind, title, terms, timeZone } = DEMO_AGREEMENT;
  const [proposing, approving] = await Promise.all(parties.map((alias) => caller(hub, alias, year)));
  const validity = { from: `${String(year)}-01-01`, to: `${String(year)}-12-31`, timeZone };
  const made = await proposing?.('agreement', '/v1/agreements', {
    ...{ kind, parties: parties.map((alias) => institution(alias).id), title: title(year), validity, terms },
    ...{ illustrative: true, approve: true },
  });
  const { hash } = Proposed.parse(made).latest;
  const { id } = Created.parse(made);
  await approving?.('approval', `/v1/agreements/${id}/approvals`, { hash });
  return id;
}

/** @returns `provider/beneficiary` → grant id */
async function makePool(
  hub: Hub,
  pool: DemoPool,
  year: number,
  agreementId: string,
): Promise<ReadonlyMap<string, string>> {
  const { provider, service, name, capacity } = pool;
  const { timeZone } = institution(provider);
  const period = { start: `${String(year)}-01-01`, end: `${String(year)}-12-31`, timeZone };
  const post = await caller(hub, provider, year);
  const { id: poolId } = await post(`pool-${service}`, '/v1/pools', {
    service,
    name: name(year),
    period,
    capacity,
    illustrative: true,
  });
  const grants = await Promise.all(
    pool.grants.map(async (grant): Promise<[string, string]> => {
      const { beneficiary, nominal, underAgreement = false } = grant;
      const key = `grant-${service}-${beneficiary}${underAgreement ? '-agreed' : ''}`;
      const { id } = await post(key, `/v1/pools/${poolId}/grants`, {
        beneficiaryId: institution(beneficiary).id,
        nominal,
        illustrative: true,
        ...(underAgreement ? { agreementId } : {}),
      });
      await makeBookings(hub, grant, id, year);
      return [`${provider}/${beneficiary}`, id];
    }),
  );
  return new Map(grants);
}

async function makeBookings(hub: Hub, { beneficiary, bookings = [] }: DemoGrant, grantId: string, year: number) {
  const post = await caller(hub, beneficiary, year);
  for (const { confirm, ...booking } of bookings) {
    // A hold for a commission lasts two weeks: the demonstration looks the same tomorrow.
    const body = { ...booking, holdFor: 'commission' };
    const { id } = await post(`booking-${booking.patient}`, `/v1/grants/${grantId}/bookings`, body);
    if (confirm) await post(`confirm-${booking.patient}`, `/v1/bookings/${id}/confirm`, {});
  }
}

async function isThere(hub: Hub, grantId: string): Promise<boolean> {
  const token = await hub.token({ institution: 'alexandrov', role: 'coordinator' });
  const { ok } = await fetch(`${hub.url}/v1/grants/${grantId}`, { headers: { authorization: `Bearer ${token}` } });
  return ok;
}
