import { beforeAll, describe, expect, test } from 'vitest';

import { api } from '../support/client.ts';
import { anInstitution, type Institution } from '../support/factories.ts';
import { aBudget, actOnGrant, anOffer, aRequest, eur, RECEIPTS, usd } from '../support/funding.ts';
import { hub, hubFacts } from '../support/hub.ts';
import {
  aCohort,
  aConfirmed,
  actOn,
  anAccepted,
  aProgramme,
  applyFor,
  changeCohort,
  day,
  elapseSeat,
  moveCohort,
  type Training,
} from '../support/training.ts';

/** The figures of a year's training, against what was counted by hand. */

beforeAll(() => hubFacts().then(() => undefined));

/** Years of which no other test knows. */
const YEAR = 2199;
const moved = (scene: Pick<Training, 'cohort'>, year = YEAR) =>
  moveCohort(scene, `${String(year)}-01-01`, `${String(year)}-01-05`);

const countryOf = async ({ id, coordinator }: Institution): Promise<string> =>
  (await coordinator.call('getInstitution', { params: { institutionId: id } })).ok.country;

/** Every row that an institution sees of a year. */
async function rowsFor({ coordinator }: Pick<Institution, 'coordinator'>, year = YEAR, more = {}) {
  const items = [];
  let cursor: string | undefined;
  do {
    const query = { year, limit: 100, ...more, ...(cursor === undefined ? {} : { cursor }) };
    const { ok } = await coordinator.call('reportTraining', { query });
    items.push(...ok.items);
    cursor = ok.next;
  } while (cursor !== undefined);
  return items;
}

/** Two cohorts of a programme, and somebody in every status. */
async function aYear() {
  const [host, partner, other] = [await anInstitution(), await anInstitution(), await anInstitution()];
  const programme = await aProgramme(host, { partners: [partner.id] });
  const first = await aCohort({ host, applicant: await anInstitution(), programme }, { seats: { total: 4 } });
  const second = await aCohort({ host, applicant: first.applicant, programme }, { seats: { total: 7 } });
  const [ours, theirs] = [first.applicant, other];
  // Of the first cohort: one withdrawn, one lapsed, two seats confirmed by us, one by them, one held, one waits.
  await actOn(ours, 'withdrawApplication', await anAccepted(first));
  const late = await anAccepted(first);
  await elapseSeat(late);
  await actOn(ours, 'confirmApplication', late);
  const confirmed = [await aConfirmed(first), await aConfirmed(first)] as const;
  const foreign = await aConfirmed(first, theirs);
  await anAccepted(first, theirs);
  await anAccepted(first);
  await applyFor(first, theirs);
  // Of the second: one declined, nobody else.
  await actOn(host, 'declineApplication', (await applyFor(second, ours)).ok, { body: {} });

  const sponsor = { source: 'sponsor', sponsor: { en: '=Fund', ru: 'Фонд' } };
  const [euros, dollars] = [
    await aBudget(first, { payer: sponsor, limit: eur(200_000) }),
    await aBudget(first, { payer: { source: 'host' }, limit: usd(90_000) }),
  ];
  const paid = await anOffer(first, euros, 50_000, confirmed[0]);
  await actOnGrant(ours, 'acceptTravelGrant', paid);
  await actOnGrant(host, 'disburseTravelGrant', paid, { body: { paid: eur(41_000), receipts: RECEIPTS } });
  await anOffer(first, euros, 30_000, confirmed[1]);
  const items = [{ kind: 'visa', money: usd(8000) }];
  const visa = await aRequest({ ...first, applicant: theirs }, { items }, foreign);
  await actOnGrant(host, 'offerTravelGrant', visa, { body: { budgetId: dollars.id, amount: usd(7000) } });

  await moved(first);
  await moved(second);
  // Another year's cohort, and one that is not held, count nothing.
  await moved(await aCohort({ host, applicant: ours, programme }), YEAR + 1);
  return { host, partner, ours, theirs, programme, sponsor };
}

describe('a year’s training', () => {
  let year: Awaited<ReturnType<typeof aYear>>;
  const none = {
    ...{ undecided: 0, waiting: 0, accepted: 0, unconfirmed: 0, confirmed: 0, completed: 0 },
    ...{ declined: 0, lapsed: 0, withdrawn: 0, cancelled: 0 },
  };
  const OURS = {
    ...{ ...none, applied: 6, waiting: 1, accepted: 4, confirmed: 2 },
    ...{ declined: 1, lapsed: 1, withdrawn: 1 },
  };
  const THEIRS = { ...none, applied: 3, undecided: 1, accepted: 2, unconfirmed: 1, confirmed: 1 };
  beforeAll(async () => {
    year = await aYear();
  });
  const sponsored = (committed: number, disbursed: number) => ({
    ...{ payer: year.sponsor, currency: 'EUR', committed, disbursed },
  });
  const hosted = (committed: number) => ({ payer: { source: 'host' }, currency: 'USD', committed, disbursed: 0 });

  test('is counted right, by country, for the host and its partners', async () => {
    const { host, partner, ours, theirs, programme } = year;
    const countries = [await countryOf(ours), await countryOf(theirs)];
    const of = { year: YEAR, programmeId: programme.id, hostId: host.id, kind: 'course', cohorts: 2, seats: 11 };
    const fields = ['head-and-neck-surgery'];
    const costs = [hosted(7000), sponsored(30_000, 41_000)];
    const together = Object.fromEntries(
      Object.entries(OURS).map(([name, value]) => [name, value + THEIRS[name as keyof typeof THEIRS]]),
    );
    const expected =
      countries[0] === countries[1]
        ? [{ ...of, fields, country: countries[0], ...together, costs }]
        : [
            { ...of, fields, country: countries[0], ...OURS, costs: [sponsored(30_000, 41_000)] },
            { ...of, fields, country: countries[1], ...THEIRS, costs: [hosted(7000)] },
          ].toSorted((a, b) => String(a.country).localeCompare(String(b.country)));
    expect(await rowsFor(host)).toEqual(expected);
    expect(await rowsFor(partner)).toEqual(expected);
    for (const row of await rowsFor(host)) {
      const { undecided, waiting, unconfirmed, confirmed, declined, lapsed, withdrawn, cancelled } = row;
      const parts = [undecided, waiting, unconfirmed, confirmed, declined, lapsed, withdrawn, cancelled];
      expect(parts.reduce((sum, count) => sum + count)).toBe(row.applied);
    }
  });

  test('shows others of it only their own', async () => {
    const own = async (who: Institution) => (await rowsFor(who)).filter((row) => row.programmeId === year.programme.id);
    const [ours] = await own(year.ours);
    expect(ours).toMatchObject({ ...OURS, costs: [sponsored(30_000, 41_000)] });
    expect((await own(year.theirs))[0]).toMatchObject({ ...THEIRS, costs: [hosted(7000)] });
    expect(await own(await anInstitution())).toEqual([]);
    expect(await rowsFor(year.host, YEAR - 1)).toEqual([]);
  });

  test('is shown to an auditor as an institution sees it, and to nobody else', async () => {
    const auditor = { coordinator: api((await anInstitution()).id, 'auditor') };
    const institutionId = year.theirs.id;
    expect(await rowsFor(auditor, YEAR, { institutionId })).toEqual(await rowsFor(year.theirs));
    const foreign = await year.host.coordinator.call('reportTraining', { query: { institutionId } });
    expect(foreign.code).toBe('not-found');
  });

  test('is a table in CSV, by country or by payer, and no sponsor’s name is a formula', async () => {
    const csv = async (groupBy: string) => {
      const lines: string[] = [];
      let query: Record<string, string | number> = { year: YEAR, limit: 100, groupBy };
      for (;;) {
        const answer = await year.host.coordinator.call('reportTraining', { query, headers: { accept: 'text/csv' } });
        expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
        const [head = '', ...rest] = String(answer.body).split('\r\n');
        lines.push(...rest.filter((line) => line !== ''));
        const link = /cursor=([^>&]+)/.exec(String(answer.headers['link'] ?? ''));
        if (link === null) return { head, lines };
        query = { ...query, cursor: decodeURIComponent(link[1] ?? '') };
      }
    };
    const rows = await csv('country');
    expect(rows.head).toMatch(/^year,programmeId,hostId,kind,fields,country,cohorts,seats,applied,/);
    const [row = ''] = rows.lines;
    expect(row.startsWith(`${String(YEAR)},${year.programme.id},${year.host.id},course,head-and-neck-surgery,`)).toBe(
      true,
    );
    expect(rows.lines.join('\n')).toContain('EUR 30000');
    const payers = await csv('payer');
    expect(payers.head).toBe('source,sponsor,currency,committed,disbursed');
    expect(payers.lines.toSorted()).toEqual(['host,,USD,7000,0', "sponsor,'=Fund / Фонд,EUR,30000,41000"]);
  });
});

test('a cancelled cohort offers no seats, and one to which nobody applies is there', async () => {
  const host = await anInstitution();
  const programme = await aProgramme(host);
  const empty = await aCohort({ host, programme }, { seats: { total: 5 } });
  const cancelled = await aCohort({ host, programme, applicant: empty.applicant }, { seats: { total: 9 } });
  await anAccepted(cancelled);
  await changeCohort(cancelled, { status: 'cancelled', cancellationReason: 'budget' });
  await hub.drainStreams();
  await moved(empty, YEAR + 2);
  await moved(cancelled, YEAR + 2);
  const [row, ...rest] = await rowsFor(host, YEAR + 2);
  expect(rest).toEqual([]);
  expect(row).toMatchObject({ cohorts: 1, seats: 5, applied: 1, cancelled: 1, accepted: 1, costs: [] });

  const alone = await aCohort({}, { seats: { total: 3 } });
  await moved(alone, YEAR + 2);
  const [only] = await rowsFor(alone.host, YEAR + 2);
  expect(only).toMatchObject({ cohorts: 1, seats: 3, applied: 0 });
  expect(only).not.toHaveProperty('country');
});

test('a year is that of the first day, and this one unless another is named', async () => {
  const scene = await aCohort();
  const year = Number(day(30).slice(0, 4));
  expect(await rowsFor(scene.host, year)).toHaveLength(1);
  const { ok } = await scene.host.coordinator.call('reportTraining', { query: { limit: 1 } });
  expect(ok.items.every((row) => row.year === new Date().getUTCFullYear())).toBe(true);
  expect((await scene.host.coordinator.call('reportTraining', { query: { year: 1999 } })).code).toBe(
    'invalid-parameter',
  );
});
