import { afterAll, beforeAll, expect, test } from 'vitest';

import { TRANSITIONS } from '../../lambdas/quotas/model.ts';
import { type Hub, startHub } from '../../lib/local/hub.ts';
import { type Patient, Year } from './year.ts';

/**
 * The page with a year worked out, made by going through that year: its every number is one that the Hub gave.
 * `npx vitest run tests/docs -u` writes it anew.
 */

let hub: Hub;
let year: Year;
beforeAll(async () => {
  hub = await startHub({ jobs: false });
  year = new Year(hub);
});
afterAll(async () => {
  year.close();
  await hub.stop();
});

const CHILD_CNS: Patient = { ageBand: '0-17', diagnosis: 'C71.6' };
const CHILD: Patient = { ageBand: '0-17', diagnosis: 'C49.0' };
const ADULT_CNS: Patient = { ageBand: '18+', diagnosis: 'C71.1' };
const ADULT: Patient = { ageBand: '18+', diagnosis: 'C61' };

type Cell = string | number;
function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - cell.length)).join(' | ')} |`;
  const [first = [], ...rest] = cells;
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...rest.map(line)].join('\n');
}

const name = (status: string): string => status.replaceAll('-', '_');

/** The states of a booking, from the table that decides about them. */
function bookingDiagram(): string {
  const steps = Object.entries(TRANSITIONS).flatMap(([action, { from, to }]) =>
    from.map((status) => `    ${name(status)} --> ${name(to)}: ${action}`),
  );
  const ends = ['fulfilled', 'released', 'expired', 'cancelled', 'noshow', 'withdrawn'];
  const lines = ['    [*] --> held: hold', '    [*] --> waitlisted: hold, nothing free', ...steps];
  return [...lines, ...ends.map((status) => `    ${status} --> [*]`)].join('\n');
}

const GRANT_DIAGRAM = `    [*] --> active: grant
    active --> suspended: suspend
    suspended --> active: resume
    active --> closing: cut-off
    suspended --> closing: cut-off
    closing --> closed: close
    closed --> [*]`;

const LOAN_DIAGRAM = `    [*] --> proposed: propose
    proposed --> approved: approve, where the provider has to agree
    proposed --> active: approve
    approved --> active: approve by the provider
    active --> partly_returned: return, recall
    active --> returned: return, recall
    partly_returned --> returned: return, recall
    active --> settled: end of the period
    partly_returned --> settled: end of the period
    active --> written_off: write-off
    partly_returned --> written_off: write-off
    proposed --> declined: decline
    approved --> declined: decline
    proposed --> withdrawn: withdraw
    approved --> withdrawn: withdraw`;

const mermaid = (lines: string): string => `\`\`\`mermaid\nstateDiagram-v2\n${lines}\n\`\`\``;

test('the page of a year worked out says what the Hub does', { timeout: 120_000 }, async () => {
  await year.at('2026-01-12T06:00');
  const pool = await year.pool(30, '2026-01-01', '2026-12-31');
  const almaty = await year.grant(pool, {
    nominal: 12,
    lendingLimit: 4,
    borrowingLimit: 4,
    paediatricReserve: { units: 2, releaseDate: '2026-09-01' },
    carryOver: { percent: 50, max: 2, days: 90 },
  });
  const bishkek = await year.grant(pool, { nominal: 8, lendingLimit: 4 });
  const tashkent = await year.grant(pool, { nominal: 6, borrowingLimit: 4 });

  const log: Cell[][] = [];
  const tell = async (day: string, what: string): Promise<void> => {
    const { balance, waiting } = await year.balance(almaty);
    const { entitled, held, booked, inTreatment, fulfilled, forfeited, available } = balance;
    log.push([day, what, entitled, held, booked, inTreatment, fulfilled, forfeited, available, waiting]);
  };
  await tell('12 January', 'The grant of 12 is given; 2 of them are kept for children until September');

  await year.at('2026-02-02T06:00');
  const first: string[] = [];
  for (const patient of [CHILD_CNS, CHILD, ADULT, ADULT, ADULT_CNS, ADULT]) first.push(await year.ask(almaty, patient));
  for (const id of first) await year.do(almaty, id, 'confirmBooking');
  await tell('2 February', 'Six patients are booked, two children among them: these use the reserve');

  await year.at('2026-05-20T06:00');
  const [absent = '', ...came] = first.toReversed();
  for (const id of came) await year.do(almaty, id, 'arriveBooking', 'completeBooking');
  await year.do(almaty, absent, 'noShowBooking');
  await tell('20 May', 'Five have been treated; one did not come, and the course is used up');

  await year.at('2026-06-01T06:00');
  const lent = await year.lend(almaty, tashkent, 3, '2026-10-31');
  await tell('1 June', 'First loan: 3 courses to Tashkent');

  await year.at('2026-07-01T06:00');
  const july = [await year.ask(almaty, ADULT), await year.ask(almaty, ADULT_CNS), await year.ask(almaty, ADULT)];
  for (const id of july) await year.do(almaty, id, 'confirmBooking');
  await tell('1 July', 'Three more are booked: nothing is left');

  const line: { who: string; id: string }[] = [];
  const wait = async (day: string, who: string, patient: Patient): Promise<void> => {
    await year.at(`2026-07-${day}T06:00`);
    line.push({ who, id: await year.ask(almaty, patient) });
  };
  await wait('06', 'A, adult, other', ADULT);
  await wait('07', 'B, adult, skull base, deadline 1 December', { ...ADULT_CNS, deadline: '2026-12-01' });
  await wait('08', 'C, child, brain', CHILD_CNS);
  await wait('09', 'D, child, other', CHILD);
  await wait('10', 'E, adult, brain, no deadline', ADULT_CNS);
  await tell('10 July', 'Five wait: A to E joined in this order');
  const { bookings } = await year.world.quotas.listWaiting(almaty, 10);
  const order = bookings.map(({ id, waiting }, place) => [
    place + 1,
    line.find((each) => each.id === id)?.who ?? '',
    waiting?.priorityClass ?? 0,
  ]);
  const idOf = (letter: string): string => line.find(({ who }) => who.startsWith(letter))?.id ?? '';
  const take = (letter: string) => year.do(almaty, idOf(letter), 'acceptOffer', 'confirmBooking');

  await year.at('2026-08-03T06:00');
  await year.giveBack(lent, tashkent, 1);
  await expect.poll(() => year.status(idOf('C'))).toBe('offered');
  await tell('3 August', 'Tashkent gives 1 back: it is offered to C');
  await take('C');
  await tell('3 August', 'C takes it');

  await year.at('2026-08-10T06:00');
  await year.lend(bishkek, almaty, 2, '2026-12-15');
  await expect
    .poll(async () => [await year.status(idOf('D')), await year.status(idOf('B'))])
    .toEqual(['offered', 'offered']);
  await tell('10 August', 'Second loan: 2 courses from Bishkek, offered to D and B');
  await take('D');
  await year.do(almaty, idOf('B'), 'declineOffer');
  await expect.poll(() => year.status(idOf('E'))).toBe('offered');
  await tell('10 August', 'D takes one; B declines, and it is offered to E');
  await take('E');
  await tell('10 August', 'E takes it; B waits on');

  await year.at('2026-10-08T06:00');
  await year.do(almaty, july[0] ?? '', 'cancelBooking');
  await expect.poll(() => year.status(idOf('A'))).toBe('offered');
  await tell('8 October', 'A booking is cancelled: the course is offered to A, who after 90 days is in class 3');
  await take('A');
  await tell('8 October', 'A takes it');

  await year.at('2026-11-02T06:00');
  await year.topUp(almaty, 13);
  await tell('2 November', 'The provider adds 1 course, an emergency: it is offered to B');
  await year.at('2026-11-05T06:00');
  await expect.poll(() => year.status(idOf('B'))).toBe('offered');
  await tell('5 November', 'B has let the offer lapse after 48 hours; nobody else waits, and it is made again');
  await take('B');
  await tell('5 November', 'B takes it');

  await year.at('2026-12-28T06:00');
  for (let number = 0; number < 7; number++) {
    await year.do(tashkent, await year.ask(tashkent, ADULT), 'confirmBooking');
  }
  for (const id of [...july.slice(1), idOf('C'), idOf('D')]) {
    await year.do(almaty, id, 'arriveBooking', 'completeBooking');
  }
  await year.topUp(almaty, 16);
  await year.ask(almaty, ADULT_CNS, 'commission');
  await tell('28 December', 'Four more have been treated; 3 courses are added, one of them is held for a commission');

  await year.at('2027-01-04T06:00');
  const next = await year.pool(30, '2027-01-01', '2027-12-31');
  const almatyNext = await year.grant(next, { nominal: 10 }, year.holderOf(almaty));
  const foreseen = await year.forecast(pool, next);
  const closing = await year.end(pool, next);
  const withoutStatus = (each: typeof closing) => each.grants.map(({ status: _, ...counts }) => counts);
  expect(withoutStatus(foreseen)).toEqual(withoutStatus(closing));
  await tell('4 January', 'The period is closed');
  const partners = new Map([
    [almaty, 'Almaty'],
    [bishkek, 'Bishkek'],
    [tashkent, 'Tashkent'],
  ]);
  const closed = closing.grants.map((each) => [
    partners.get(each.grantId) ?? '',
    each.holdsReleased,
    each.lentReturned,
    each.lentKept,
    each.borrowedReturned,
    each.borrowedKept,
    each.committed,
    each.carriedOut,
    each.expired,
  ]);
  const rows = (await year.rows(almaty)).slice(-8).map(({ sequence, type, deltas, balance }) => {
    const changes = Object.entries(deltas).map(
      ([count, by = 0]) => `${count} ${by > 0 ? '+' : '−'}${String(Math.abs(by))}`,
    );
    return [sequence, `\`${type}\``, changes.join(', '), balance.entitled, balance.committed];
  });
  const carried = (await year.balance(almatyNext)) as { carriedUntil?: string } & Awaited<ReturnType<Year['balance']>>;

  await year.at('2027-03-01T06:00');
  await year.do(almaty, idOf('E'), 'arriveBooking', 'completeBooking');
  await year.restate(pool);
  const usages = await Promise.all(
    [...partners].map(async ([grantId, partner]) => ({ partner, usage: await year.usage(grantId, 1) })),
  );
  const restated = await year.usage(almaty, 2);
  const usageRow = (partner: string, usage: (typeof usages)[number]['usage']): Cell[] => [
    partner,
    usage?.version ?? '',
    usage?.granted ?? '',
    usage?.lent ?? '',
    usage?.borrowed ?? '',
    usage?.carriedOut ?? '',
    usage?.expired ?? '',
    usage?.used ?? '',
    usage?.booked ?? '',
    usage?.forfeited ?? '',
    usage?.unused ?? '',
  ];
  const waits = restated?.waits;

  await expect(`# A year, worked out

What happens to a partner's courses from January to the end of the period, with every status and number as the Hub gave
them: this page is written by a test that goes through the year, and the test fails when the page says anything else. What
the words mean is in [domain.md](domain.md).

## What can happen

A booking:

${mermaid(bookingDiagram())}

A grant:

${mermaid(GRANT_DIAGRAM)}

A loan:

${mermaid(LOAN_DIAGRAM)}

## The year

A proton centre has 30 courses for 2026. Almaty is granted 12, Bishkek 8, Tashkent 6. Almaty may lend and borrow 4 at a
time, and half of what it does not use, 2 courses at most, goes into the next year for 90 days. This is Almaty's grant:

${table(['day', 'what happens', 'entitled', 'held', 'booked', 'in treatment', 'fulfilled', 'forfeited', 'available', 'waiting'], log)}

\`entitled\` is always the sum of the next six counts. An offered course counts as held.

## The order of those who wait

On 10 July the five are offered courses in this order, whatever the order in which they came:

${table(['place', 'who', 'class'], order)}

A deadline comes before none. Who declines an offer or lets it lapse waits on behind those of the same class: that is why A
gets the course of October, and not B. B takes the third offer, which would have been the last.

## The end of the year

The dry run of 4 January says the same as what is then done:

${table(['partner', 'holds released', 'lent, returned', 'lent, kept', 'borrowed, returned', 'borrowed, kept', 'committed', 'carried over', 'expired'], closed)}

Loans are settled first: a course that the borrower has not committed goes back, and one that a patient has stays with the
borrower for good: Tashkent's seven patients have its six courses and one of Almaty's. What is then unused is carried over or expires, and goes back to the pool. Almaty's ledger ends with:

${table(['row', 'type', 'changes', 'entitled', 'committed'], rows)}

In 2027 Almaty has ${String(carried.balance.entitled)} courses: ${String(carried.nominal)} granted and ${String(carried.adjustments.carriedIn)} carried in, which are used first and expire after
${carried.carriedUntil ?? ''}.

## The report

Version 1 is how the year was closed, and stays so. In March one more patient of 2026 is treated; version 2 counts that:

${table(['partner', 'version', 'granted', 'lent', 'borrowed', 'carried out', 'expired', 'used', 'booked', 'forfeited', 'unused'], [...usages.map(({ partner, usage }) => usageRow(partner, usage)), usageRow('Almaty', restated)])}

${String(waits?.joined ?? '')} patients of Almaty waited and ${String(waits?.served ?? '')} were served: half of them within ${String(waits?.medianHours ?? '')} hours, nine in ten within ${String(waits?.p90Hours ?? '')}.
`).toMatchFileSnapshot('../../docs/worked-year.md');
});
