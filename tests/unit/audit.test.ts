import { describe, expect, test } from 'vitest';

import { agreementsChange } from '../../lambdas/agreements/published-changes.ts';
import { entriesOfChange, entriesOfReading } from '../../lambdas/audit/model.ts';
import { sealedWith } from '../../lambdas/audit/seal.ts';
import { institutionsChange } from '../../lambdas/institutions/published-changes.ts';
import { quotasChange, quotasReading } from '../../lambdas/quotas/published-changes.ts';
import { type Agent, HUB } from '../../lambdas/shared/auth/agent.ts';
import { aChain, anEntry } from '../support/audit.ts';
import { aHistory } from '../support/ledger.ts';

/** What each change says, and whose chains say it. */

const seal = sealedWith('k'.repeat(43));
const BY = { actor: 'somebody', role: 'coordinator', institutionId: 'one', correlationId: 'c' } as const;
const uuid = (number: number): string => `019a8f3e-7c00-7a11-8000-00000000000${String(number)}`;
const AT = '2026-01-01T00:00:00.000Z';
const stamp = (version: number) => ({ version, updatedAt: AT, by: BY });

describe('a booking', () => {
  const { told } = aHistory(12);
  const steps = told.flatMap((each) => (each.of === 'booking' ? [each] : []));
  const changes = steps.map(({ before, after }) =>
    quotasChange(
      { before: before && { sk: `BOOKING#${before.id}`, ...before }, after: { sk: `BOOKING#${after.id}`, ...after } },
      seal,
    ),
  );

  test('is its beneficiary’s and its provider’s, step by step', () => {
    expect(changes.slice(0, 4).map((change) => change?.action)).toEqual(['hold', 'confirm', 'arrive', 'complete']);
    for (const [index, change] of changes.entries()) {
      const { beneficiaryId, providerId } = steps[index]!.after;
      expect(change?.concerns).toEqual([beneficiaryId, providerId]);
    }
    expect(changes[1]).toMatchObject({ before: { status: 'held' }, after: { status: 'booked' }, version: 2 });
    expect(changes[6]).toMatchObject({ action: 'cancel', reason: 'administrative' });
  });

  test('does not say whose course it is, but that it is somebody else’s than another', () => {
    const text = JSON.stringify(changes);
    expect(text).not.toMatch(/"P-\d|C71|18\+|patient|diagnosis|ageBand|requests|fingerprint/);
    const [first, second] = changes.filter((change) => change?.action === 'hold');
    expect(first?.after?.['confidential']).toMatch(/^[\w-]{22}$/);
    expect(first?.after?.['confidential']).not.toBe(second?.after?.['confidential']);
    expect(changes[1]?.after).not.toHaveProperty('confidential');
  });

  test('shows these fields and no others', () => {
    const shown = new Set(changes.flatMap((change) => Object.keys({ ...change?.before, ...change?.after })));
    expect([...shown].toSorted()).toEqual(['confidential', 'expiresAt', 'grantId', 'status', 'unitForfeited']);
  });

  test.each([{ patient: 'P-other' }, { ageBand: '0-17' }, { diagnosis: 'C71.9' }])(
    'with %o shows that something is other',
    (other) => {
      const before = { sk: 'BOOKING#x', ...steps[0]!.after };
      const change = quotasChange({ before, after: { ...before, ...other, version: 2 } }, seal);
      expect(change?.before?.['confidential']).not.toBe(change?.after?.['confidential']);
      expect(Object.keys(change?.after ?? {})).toEqual(['confidential']);
    },
  );

  test('of the same version has not changed', () => {
    const item = { sk: 'BOOKING#x', ...steps[0]!.after };
    expect(quotasChange({ before: item, after: { ...item, segment: 7 } }, seal)).toBeUndefined();
  });
});

test('a seal is of the key, the subject and all that is sealed', () => {
  const content = { subjectType: 'booking', subject: 'a', content: { patient: 'P-1' } };
  const others = [
    seal({ ...content, subject: 'b' }),
    seal({ ...content, content: { patient: 'P-2' } }),
    sealedWith('l'.repeat(43))(content),
  ];
  expect(seal(content)).toBe(seal({ content: { patient: 'P-1' }, subject: 'a', subjectType: 'booking' }));
  for (const other of others) expect(other).not.toBe(seal(content));
  expect(() => sealedWith('short')).toThrow('SEAL_KEY');
});

test('a grant is its provider’s and its beneficiary’s, and says what it was', () => {
  const { grant } = aHistory(1);
  const before = { sk: 'GRANT', ...grant };
  const after = { ...before, nominal: 7, reason: 'emergency', version: 2 };
  expect(quotasChange({ before, after }, seal)).toMatchObject({
    concerns: [grant.providerId, grant.beneficiaryId],
    action: 'resize',
    reason: 'emergency',
    before: { nominal: 4000 },
    after: { nominal: 7 },
  });
});

test('a loan is its lender’s, its borrower’s and its provider’s', () => {
  const { grant } = aHistory(1);
  const { poolId, providerId, service } = grant;
  const loan = {
    ...{
      sk: 'LOAN',
      id: uuid(1),
      poolId,
      providerId,
      service,
      lendingGrantId: uuid(2),
      lenderId: uuid(4),
      borrowingGrantId: uuid(3),
    },
    ...{
      borrowerId: uuid(5),
      units: 2,
      outstanding: 0,
      returned: 0,
      kept: 0,
      dueDate: '2026-12-01',
      status: 'proposed',
    },
    ...{ createdAt: AT, ...stamp(1) },
  };
  expect(quotasChange({ before: undefined, after: loan }, seal)).toMatchObject({
    concerns: [uuid(4), uuid(5), providerId],
    action: 'propose',
  });
  const approved = { ...loan, status: 'active', outstanding: 2, ...stamp(2) };
  expect(quotasChange({ before: loan, after: approved }, seal)).toMatchObject({
    action: 'approve',
    before: { status: 'proposed', outstanding: 0 },
    after: { status: 'active', outstanding: 2 },
  });
});

test('a transfer is dated by when it was made', () => {
  const { grant } = aHistory(1);
  const { poolId, providerId, service } = grant;
  const transfer = {
    ...{
      sk: 'TRANSFER',
      id: uuid(1),
      poolId,
      providerId,
      service,
      givingGrantId: uuid(2),
      giverId: uuid(4),
      receivingGrantId: uuid(3),
    },
    ...{ receiverId: uuid(5), units: 2, reason: 'demand-shifted', createdAt: AT, version: 1, by: BY },
  };
  expect(quotasChange({ before: undefined, after: transfer }, seal)).toMatchObject({
    ...{ concerns: [uuid(4), uuid(5), providerId], action: 'transfer', reason: 'demand-shifted', at: AT },
    after: { units: 2, giverId: uuid(4) },
  });
});

describe('an agreement', () => {
  const latest = { version: 1, hash: 'a', approvals: [{ institutionId: 'one', at: AT }] };
  const proposed = {
    ...{ sk: 'AGREEMENT', id: 'a', kind: 'bilateral', parties: ['one', 'two'], title: { en: 'For the Quillons' } },
    ...{ latest, approved: [], ...stamp(1) },
  };
  const approvals = [...latest.approvals, { institutionId: 'two', at: AT }];
  const approved = { ...proposed, latest: { ...latest, approvals }, approved: [{ version: 1 }], ...stamp(2) };
  const ended = { ...approved, termination: { from: '2026-02-01', timeZone: 'UTC', reason: 'breach' }, ...stamp(3) };

  test('is all its parties’, and does not repeat its title', () => {
    const change = agreementsChange({ before: undefined, after: proposed }, seal);
    expect(change).toMatchObject({ concerns: ['one', 'two'], action: 'propose', after: { hash: 'a' } });
    expect(JSON.stringify(change)).not.toContain('Quillon');
  });

  test('is approved, proposed anew, and ended', () => {
    expect(agreementsChange({ before: proposed, after: approved }, seal)).toMatchObject({
      ...{
        action: 'approve',
        before: { approvedBy: ['one'] },
        after: { approvedBy: ['one', 'two'], versionsApproved: [1] },
      },
    });
    const next = { ...approved, latest: { version: 2, hash: 'b', approvals: [] }, ...stamp(3) };
    expect(agreementsChange({ before: approved, after: next }, seal)?.action).toBe('propose');
    const end = agreementsChange({ before: approved, after: ended }, seal);
    expect(end).toMatchObject({ action: 'terminate', reason: 'breach', after: { endsOn: '2026-02-01' } });
  });

  test('tells of no version apart from itself', () => {
    expect(agreementsChange({ before: undefined, after: { ...proposed, sk: 'VERSION#0001' } }, seal)).toBeUndefined();
  });
});

describe('in the registry', () => {
  const change = (before: object | undefined, after: object) =>
    institutionsChange({ before: before && { ...before }, after: { ...after } }, seal);
  const institution = {
    ...{ pk: 'INSTITUTION', id: 'one', status: 'invited', kind: 'hospital', country: 'BY', timeZone: 'Europe/Minsk' },
    ...{ services: [], name: { en: 'Quillon hospital' }, city: { en: 'Minsk' }, ...stamp(1) },
  };

  test.each([
    ['invite', undefined, institution],
    ['register', undefined, { ...institution, status: 'active' }],
    ['activate', institution, { ...institution, status: 'active', ...stamp(2) }],
    ['suspend', institution, { ...institution, status: 'suspended', ...stamp(2) }],
    ['leave', institution, { ...institution, status: 'left', ...stamp(2) }],
    ['update', institution, { ...institution, kind: 'university', ...stamp(2) }],
  ])('an institution: %s', (action, before, after) => {
    expect(change(before, after)).toMatchObject({ action, concerns: ['one'], subject: 'one' });
  });

  test('a new name shows as another hash, and no name', () => {
    const renamed = { ...institution, name: { en: 'Another' }, ...stamp(2) };
    const { before, after } = change(institution, renamed) ?? {};
    expect(Object.keys({ ...before, ...after })).toEqual(['confidential']);
    expect(before).not.toEqual(after);
  });

  test('contacts: how many, and nothing of them', () => {
    const contacts = {
      pk: 'CONTACTS#one',
      institutionId: 'one',
      contacts: [{ role: 'legal', name: 'Q. Uillon' }],
      ...stamp(1),
    };
    const told = change(undefined, contacts);
    expect(told).toMatchObject({ action: 'replace', subjectType: 'contacts', after: { count: 1 } });
    expect(JSON.stringify(told)).not.toMatch(/Uillon|legal/);
    expect(change(contacts, { ...contacts, contacts: [], ...stamp(2) })?.action).toBe('erase');
  });

  const client = {
    pk: 'CLIENT',
    kind: 'client',
    id: 'x',
    institutionId: 'one',
    roles: ['integration'],
    status: 'active',
    ...stamp(1),
  };

  test.each([
    ['enrol', undefined, client],
    ['change-secrets', client, { ...client, changingSince: AT, ...stamp(2) }],
    ['add-secret', client, { ...client, secretIds: ['s1', 's2'], ...stamp(2) }],
    ['end-secret', { ...client, secretIds: ['s1', 's2'] }, { ...client, secretIds: ['s2'], ...stamp(2) }],
    ['revoke', client, { ...client, status: 'revoked', ...stamp(2) }],
  ])('a client: %s, and no id of a secret', (action, before, after) => {
    const told = change(before, after);
    expect(told).toMatchObject({ action, subjectType: 'client', concerns: ['one'] });
    expect(JSON.stringify(told)).not.toMatch(/"s[12]"/);
  });

  test('a person who moves concerns both institutions', () => {
    const person = { ...client, pk: 'PERSON', kind: 'person' };
    expect(change(person, { ...person, institutionId: 'two', ...stamp(2) })?.concerns).toEqual(['two', 'one']);
  });

  test('what says not who changed it was changed by the Hub', () => {
    const { by: _, ...unsigned } = institution;
    expect(change(undefined, unsigned)?.by).toEqual(HUB);
  });
});

test.each([
  ['POOL#x', 'INSTITUTION#x'],
  ['GRANT#SEGMENT#00', 'GRANT#x'],
  ['LEDGER#0000000001', 'GRANT#x'],
  ['LOAN#x', 'GRANT#x'],
  ['REQUEST', 'REQUEST#x'],
  ['SHUT-OUT', 'SHUT-OUT'],
  ['WAITER#P-1', 'LINE#GRANT#x'],
])('%s is no change of anything', (sk, pk) => {
  const items = { before: undefined, after: { pk, sk } };
  expect([quotasChange(items, seal), agreementsChange(items, seal), institutionsChange(items, seal)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(quotasReading(items.after)).toBeUndefined();
});

describe('the chains', () => {
  const change = {
    concerns: ['one', 'two'],
    subjectType: 'grant',
    subject: 'g',
    action: 'resize',
    version: 2,
    at: AT,
  } as const;

  test('of all whose change it is have it, and that of who made it', () => {
    const chains = (by: Agent) => [...entriesOfChange({ ...change, by }).keys()];
    expect(chains(BY)).toEqual(['one', 'two']);
    expect([...entriesOfChange({ ...change, by: { ...BY, institutionId: 'three' } }).keys()]).toEqual([
      'one',
      'two',
      'three',
    ]);
    expect([...entriesOfChange({ ...change, by: HUB }).keys()]).toEqual(['one', 'two']);
  });

  test('of each institution has its own bookings of a reading only', () => {
    const reading = quotasReading({
      ...{ sk: 'READING', readingId: 'r', subjectType: 'pool', subject: 'p', at: AT, by: BY },
      shown: { two: ['b1'], three: ['b2', 'b3'] },
    });
    const entries = entriesOfReading(reading!);
    expect([...entries].map(([chain, { shown }]) => [chain, shown])).toEqual([
      ['two', ['b1']],
      ['three', ['b2', 'b3']],
    ]);
  });

  test('keep when a late change happened, and never go back in time', () => {
    const [first, late] = aChain([anEntry(5), anEntry(2)]);
    expect(first).not.toHaveProperty('happenedAt');
    expect(late).toMatchObject({ at: first?.at, happenedAt: anEntry(2).at });
  });
});

test('a row of a booking fits into one kilobyte with its keys', () => {
  const { told } = aHistory(2);
  const [, { before, after }] = told as [unknown, { before: undefined; after: object }];
  const change = quotasChange({ before, after: { sk: 'BOOKING#', ...after } }, seal)!;
  const id = uuid(1);
  const [[, entry]] = [...entriesOfChange({ ...change, by: { ...change.by, actor: id } })] as [
    [string, ReturnType<typeof anEntry>],
  ];
  const [row] = aChain([{ ...entry, place: `${id}#` }]);
  const bytes = JSON.stringify({ pk: `CHAIN#${id}`, sk: 'ROW#0000000001', ...row }).length;
  expect(bytes).toBeGreaterThan(500);
  expect(bytes).toBeLessThan(1024);
});
