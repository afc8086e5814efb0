import { createHash } from 'node:crypto';

import { beforeAll, describe, expect, test } from 'vitest';

import {
  agreementSeenBy,
  anAgreement,
  anAgreementBody,
  aProposal,
  approve,
  parties,
  proposedBy,
  proposeVersion,
  terminate,
  VALIDITY,
} from '../support/agreements.ts';
import { anInstitution, type Institution } from '../support/factories.ts';
import { hubFacts } from '../support/hub.ts';

// The first file of a run waits for the hub, which takes longer than a test may.
beforeAll(() => hubFacts().then(() => undefined));

const at = expect.any(String) as string;
const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const UTC = { timeZone: 'UTC' };

const versionOf = async (party: Institution, agreementId: string, version: number) =>
  (await party.coordinator.call('getAgreementVersion', { params: { agreementId, version: String(version) } })).ok;

describe('a proposal', () => {
  test('is approved by nobody, and all its parties see it', async () => {
    const all = await parties();

    const answer = await all[0].coordinator.call('createAgreement', { body: anAgreementBody(all) });

    expect(answer.ok).toMatchObject({
      kind: 'bilateral',
      parties: all.map(({ id }) => id).toSorted(),
      status: 'proposed',
      latest: { version: 1, approvals: [], awaiting: all.map(({ id }) => id).toSorted() },
    });
    expect(answer.ok).not.toHaveProperty('inForce');
    expect(answer.headers.location).toBe(`/v1/agreements/${answer.ok.id}`);
    for (const party of all) {
      const read = await party.coordinator.call('getAgreement', { params: { agreementId: answer.ok.id } });
      expect(read.ok).toEqual(answer.ok);
      expect(read.headers.etag).toBe(answer.headers.etag);
      expect((await party.coordinator.call('listAgreements')).ok.items).toEqual([answer.ok]);
    }
  });

  test('can be approved by proposing it', async () => {
    const all = await parties();
    const body = anAgreementBody(all, { approve: true });

    const { latest, status } = (await all[0].coordinator.call('createAgreement', { body })).ok;

    expect(latest.approvals).toEqual([{ institutionId: all[0].id, at }]);
    expect(latest.awaiting).toEqual([all[1].id]);
    expect(status).toBe('proposed');
  });

  test('says what it was sent, with a hash that anybody can compute', async () => {
    const all = await parties();
    const terms = {
      services: ['proton-therapy', 'pet-ct'],
      programmes: ['fellowship'],
      funding: [{ covers: 'travel', payer: 'host', upTo: { amount: 120_050, currency: 'KZT' } }],
    };
    const annexes = [{ documentId: crypto.randomUUID(), hash: 'a'.repeat(64), title: { en: 'Price list' } }];
    const said = { title: { ru: 'Соглашение', en: 'Agreement' }, governingLaw: 'KZ', terms, annexes };
    const agreed = await proposedBy(all, { ...said, illustrative: true });

    const version = await versionOf(all[1], agreed.id, 1);

    expect(version).toMatchObject({ status: 'proposed', proposedBy: all[0].id, approvals: [], hash: agreed.hash });
    expect(version.content).toEqual({
      ...{ agreementId: agreed.id, version: 1, kind: 'bilateral', parties: all.map(({ id }) => id).toSorted() },
      ...{ ...said, validity: VALIDITY, illustrative: true },
    });
    // RFC 8785, without any code of the Hub's.
    const canonical = (value: unknown): string => {
      if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
      if (typeof value !== 'object' || value === null) return JSON.stringify(value);
      const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
      return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`;
    };
    expect(createHash('sha256').update(canonical(version.content)).digest('hex')).toBe(version.hash);
  });

  test('is made once, however often it is repeated', async () => {
    const all = await parties();
    const options = { body: anAgreementBody(all), key: 'once' };
    const first = await all[0].coordinator.call('createAgreement', options);

    const again = await all[0].coordinator.call('createAgreement', options);
    const other = { body: anAgreementBody(all, { title: { en: 'Other' } }), key: 'once' };

    expect(again.ok).toEqual(first.ok);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect((await all[0].coordinator.call('createAgreement', other)).code).toBe('idempotency-key-reused');
    expect((await all[0].coordinator.call('listAgreements')).ok.items).toHaveLength(1);
  });

  test('with the words of another agreement has a hash of its own', async () => {
    const all = await parties();
    expect((await proposedBy(all)).hash).not.toBe((await proposedBy(all)).hash);
  });
});

describe('an agreement', () => {
  test('is in force when every party has approved the same hash', async () => {
    const all = [...(await parties()), await anInstitution()] as const;
    const agreed = await proposedBy([...all], { kind: 'association' });

    await approve(agreed, all[0], agreed.hash);
    const second = await approve(agreed, all[1], agreed.hash);
    const third = await approve(agreed, all[2], agreed.hash);

    expect(second.ok).toMatchObject({ status: 'proposed', latest: { awaiting: [all[2].id] } });
    expect(third.ok).toMatchObject({ status: 'in-force', latest: { awaiting: [] } });
    expect(third.ok.inForce).toEqual({
      ...{ version: 1, hash: agreed.hash, validity: VALIDITY, services: ['proton-therapy'], programmes: [] },
    });
    const version = await versionOf(all[0], agreed.id, 1);
    expect(version.status).toBe('approved');
    expect(version.approvals).toEqual(all.map(({ id }) => ({ institutionId: id, at })));
  });

  test.each([
    ['approved', { from: day(2), ...UTC }],
    ['in-force', { from: day(-1), to: day(1), ...UTC }],
    ['in-force', { from: day(0), ...UTC }],
    ['expired', { from: '2026-01-01', to: day(-2), ...UTC }],
  ] as const)('is %s when it is valid %o', async (status, validity) => {
    const { id, parties: all } = await anAgreement(undefined, { validity });
    const seen = await agreementSeenBy(all[0], { id });
    expect(seen.status).toBe(status);
    expect('inForce' in seen).toBe(status === 'in-force');
  });

  test('changes its ETag with what parties do, and can be approved by it', async () => {
    const all = await parties();
    const agreed = await proposedBy(all);
    const read = await all[0].coordinator.call('getAgreement', { params: { agreementId: agreed.id } });
    const ifMatch = String(read.headers.etag);

    expect((await approve(agreed, all[0], agreed.hash, { ifMatch })).headers.etag).not.toBe(ifMatch);
    expect((await approve(agreed, all[1], agreed.hash, { ifMatch })).code).toBe('stale-version');
  });

  test('is approved once for a key, also after it has moved on', async () => {
    const all = await parties();
    const agreed = await proposedBy(all);
    await approve(agreed, all[0], agreed.hash, { key: 'yes' });
    await proposeVersion(agreed, all[1], agreed.hash, { title: { en: 'Other' } });

    const again = await approve(agreed, all[0], agreed.hash, { key: 'yes' });

    expect(again.ok.latest.version).toBe(2);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect((await approve(agreed, all[0], 'f'.repeat(64), { key: 'yes' })).code).toBe('idempotency-key-reused');
  });
});

describe('another version', () => {
  test('leaves the one before in force until all have approved it', async () => {
    const agreed = await anAgreement();
    const [one, other] = agreed.parties;
    const terms = { services: ['pet-ct'] };

    const answer = await proposeVersion(agreed, other, agreed.hash, { terms, approve: true });

    const { hash } = answer.ok;
    expect(answer.ok).toMatchObject({ status: 'proposed', content: { version: 2, follows: agreed.hash, terms } });
    expect(answer.headers.location).toBe(`/v1/agreements/${agreed.id}/versions/2`);
    expect((await versionOf(one, agreed.id, 2)).hash).toBe(hash);
    expect(await agreementSeenBy(one, agreed)).toMatchObject({ status: 'in-force', inForce: { version: 1 } });
    const after = (await approve(agreed, one, hash)).ok;
    expect(after.inForce).toMatchObject({ version: 2, hash, services: ['pet-ct'] });
    expect((await versionOf(one, agreed.id, 1)).status).toBe('superseded');
    expect((await versionOf(one, agreed.id, 2)).status).toBe('approved');
  });

  test('that begins later leaves the one before in force until then', async () => {
    const agreed = await anAgreement();
    const [one, other] = agreed.parties;
    const validity = { from: day(3), ...UTC };
    const { hash } = (await proposeVersion(agreed, one, agreed.hash, { validity, approve: true })).ok;

    const after = (await approve(agreed, other, hash)).ok;

    expect(after).toMatchObject({ status: 'in-force', inForce: { version: 1 } });
    expect((await versionOf(one, agreed.id, 1)).status).toBe('approved');
  });

  test('takes the place of a proposal that not all had approved', async () => {
    const all = await parties();
    const agreed = await proposedBy(all, { approve: true });
    const { hash } = (await proposeVersion(agreed, all[1], agreed.hash, { title: { en: 'Better' } })).ok;

    expect((await versionOf(all[0], agreed.id, 1)).status).toBe('overtaken');
    expect((await approve(agreed, all[1], agreed.hash)).problem).toMatchObject({ latest: { version: 2, hash } });
    expect(await agreementSeenBy(all[0], agreed)).toMatchObject({
      title: { en: 'Better' },
      latest: { approvals: [], awaiting: all.map(({ id }) => id).toSorted() },
    });
  });

  test('is made once, however often it is repeated, also when others followed', async () => {
    const agreed = await anAgreement();
    const [one, other] = agreed.parties;
    const first = await proposeVersion(agreed, one, agreed.hash, { title: { en: 'Second' } }, { key: 'once' });
    await proposeVersion(agreed, other, first.ok.hash, { title: { en: 'Third' } });

    const again = await proposeVersion(agreed, one, agreed.hash, { title: { en: 'Second' } }, { key: 'once' });

    expect(again.ok.hash).toBe(first.ok.hash);
    expect(again.ok.status).toBe('overtaken');
    expect(again.headers).toMatchObject({ location: first.headers.location, 'idempotency-replayed': 'true' });
    const params = { agreementId: agreed.id };
    const { items } = (await one.coordinator.call('listAgreementVersions', { params })).ok;
    expect(items.map(({ content }) => content.version)).toEqual([1, 2, 3]);
  });

  test('may say what an older one said, and has a hash of its own', async () => {
    const agreed = await anAgreement();
    const [one] = agreed.parties;
    const second = (await proposeVersion(agreed, one, agreed.hash, { title: { en: 'Second' } })).ok;
    const third = (await proposeVersion(agreed, one, second.hash)).ok;
    expect(third.content.title).toEqual(aProposal().title);
    expect(third.hash).not.toBe(agreed.hash);
  });

  test('of two parties at the same moment is one: the other has to read it first', async () => {
    const agreed = await anAgreement();

    const answers = await Promise.all(
      agreed.parties.map((party, index) =>
        proposeVersion(agreed, party, agreed.hash, { title: { en: `By ${String(index)}` } }),
      ),
    );

    expect(answers.map(({ code }) => code).toSorted()).toEqual(['201', 'agreement-hash-outdated']);
  });
});

describe('at the same moment', () => {
  test('all parties can approve', async () => {
    const all = [...(await parties()), await anInstitution(), await anInstitution()] as const;
    const agreed = await proposedBy([...all], { kind: 'union-state' });

    const answers = await Promise.all(all.map((party) => approve(agreed, party, agreed.hash)));

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const { latest, status } = await agreementSeenBy(all[0], agreed);
    expect(latest.approvals.map(({ institutionId }) => institutionId).toSorted()).toEqual(
      all.map(({ id }) => id).toSorted(),
    );
    expect(status).toBe('in-force');
  });

  test('one party approves once', async () => {
    const agreed = await proposedBy(await parties());
    const [party] = agreed.parties;

    const answers = await Promise.all(Array.from({ length: 4 }, () => approve(agreed, party, agreed.hash)));

    const codes = answers.map(({ code }) => code).toSorted();
    expect(codes).toEqual(['200', 'already-approved', 'already-approved', 'already-approved']);
  });

  test.each([1, 2, 3])('an approval and a further version leave one or the other, try %i', async () => {
    const agreed = await proposedBy(await parties(), { approve: true });
    const [one, other] = agreed.parties;

    const [approval, version] = await Promise.all([
      approve(agreed, other, agreed.hash),
      proposeVersion(agreed, one, agreed.hash, { title: { en: 'Second' } }),
    ]);

    expect(version.status).toBe(201);
    const seen = await agreementSeenBy(one, agreed);
    const first = await versionOf(one, agreed.id, 1);
    expect([approval.code, seen.status, first.status]).toEqual(
      approval.status === 200 ? ['200', 'in-force', 'approved'] : ['agreement-hash-outdated', 'proposed', 'overtaken'],
    );
  });

  test('an approval and a termination leave it ended', async () => {
    const agreed = await proposedBy(await parties(), { approve: true });
    const [one, other] = agreed.parties;

    const [approval, termination] = await Promise.all([approve(agreed, other, agreed.hash), terminate(agreed, one)]);

    expect(termination.status).toBe(200);
    expect(['200', 'agreement-terminated']).toContain(approval.code);
    expect((await agreementSeenBy(one, agreed)).status).toBe('terminated');
  });
});

describe('a termination', () => {
  test('by any party ends it today, and says why', async () => {
    const agreed = await anAgreement();
    const [, party] = agreed.parties;

    const answer = await terminate(agreed, party, { reason: 'purpose-fulfilled' });

    expect(answer.ok).toMatchObject({
      status: 'terminated',
      termination: { reason: 'purpose-fulfilled', timeZone: 'Europe/Minsk', institutionId: party.id },
    });
    expect(answer.ok).not.toHaveProperty('inForce');
  });

  test('from a later day leaves it in force until then, with nothing to agree on any more', async () => {
    const agreed = await anAgreement();
    const [one, other] = agreed.parties;
    const { hash } = (await proposeVersion(agreed, one, agreed.hash, { title: { en: 'Second' } })).ok;

    const answer = await terminate(agreed, one, { from: day(30) });

    expect(answer.ok).toMatchObject({ status: 'in-force', inForce: { version: 1 }, termination: { from: day(30) } });
    expect((await approve(agreed, other, hash)).code).toBe('agreement-terminated');
    expect((await proposeVersion(agreed, one, hash)).code).toBe('agreement-terminated');
  });

  test('ends a proposal that comes to nothing', async () => {
    const agreed = await proposedBy(await parties());
    expect((await terminate(agreed, agreed.parties[1], { reason: 'not-concluded' })).ok.status).toBe('terminated');
  });

  test('is made once for a key', async () => {
    const agreed = await anAgreement();
    const [party] = agreed.parties;
    const first = await terminate(agreed, party, {}, { key: 'end' });

    const again = await terminate(agreed, party, {}, { key: 'end' });

    expect(again.ok).toEqual(first.ok);
    expect(again.headers['idempotency-replayed']).toBe('true');
  });
});

test('the agreements of an institution are seen once each, oldest first, page by page', async () => {
  const [one, other] = await parties();
  const made = [];
  for (let number = 0; number < 5; number++) made.push((await proposedBy([one, other])).id);
  await proposedBy([other, await anInstitution()]);

  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 2, ...(cursor === undefined ? {} : { cursor }) };
    const { items, next } = (await one.coordinator.call('listAgreements', { query })).ok;
    seen.push(...items.map(({ id }) => id));
    cursor = next;
  } while (cursor !== undefined);

  expect(seen).toEqual(made);
});
