import { randomUUID } from 'node:crypto';

import { beforeAll, describe, expect, test } from 'vitest';

import {
  type Agreed,
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
import type { Answer } from '../support/client.ts';
import { anInstitution, type Institution } from '../support/factories.ts';
import { hubFacts } from '../support/hub.ts';
import { suspendPartner } from '../support/partners.ts';

/** Each refusal has a name of its own, and changes nothing. */

beforeAll(() => hubFacts().then(() => undefined));

/** Everything that can be seen of an agreement, but what is only a matter of time. */
async function everythingOf({ id, parties: [party] }: Agreed) {
  const params = { agreementId: id };
  const [agreement, versions] = await Promise.all([
    party.coordinator.call('getAgreement', { params }),
    party.coordinator.call('listAgreementVersions', { params }),
  ]);
  return { agreement: agreement.ok, etag: agreement.headers.etag, versions: versions.ok };
}

/** Expects that the request is refused so, and that the agreement is as it was. */
async function refusedAs(code: string, agreed: Agreed, request: () => Promise<Answer>): Promise<Answer> {
  const before = await everythingOf(agreed);
  const answer = await request();
  expect(answer.code).toBe(code);
  expect(await everythingOf(agreed)).toEqual(before);
  return answer;
}

const create = ({ coordinator }: Institution, body: object) => coordinator.call('createAgreement', { body });

describe('a proposal is refused', () => {
  test.each([0, 1])('with %i parties', async (number) => {
    const all = await parties();
    expect((await create(all[0], anAgreementBody(all.slice(0, number)))).code).toBe('too-few-parties');
  });

  test('when its validity ends before it begins', async () => {
    const all = await parties();
    const validity = { ...VALIDITY, from: '2026-05-02', to: '2026-05-01' };
    const answer = await create(all[0], anAgreementBody(all, { validity }));
    expect(answer.code).toBe('validity-ends-before-it-begins');
    expect(answer.problem.errors).toEqual([{ pointer: '/validity/to', message: 'must not be before from' }]);
  });

  test('when it is between others', async () => {
    expect((await create(await anInstitution(), anAgreementBody(await parties()))).code).toBe('not-a-party');
  });

  test('when a party is unknown', async () => {
    const [one, other] = await parties();
    const nobody = randomUUID();
    const answer = await create(one, anAgreementBody([one, other, { id: nobody }]));
    expect(answer.code).toBe('party-not-active');
    expect(answer.problem['parties']).toEqual([nobody]);
    expect((await other.coordinator.call('listAgreements')).ok.items).toEqual([]);
  });

  test('when a party is suspended', async () => {
    const [one, other] = await parties();
    await suspendPartner(other.id);
    expect((await create(one, anAgreementBody([one, other]))).code).toBe('party-not-active');
    expect((await create(other, anAgreementBody([one, other]))).code).toBe('institution-not-active');
  });
});

describe('another version is refused', () => {
  test('when it follows another than the newest', async () => {
    const agreed = await anAgreement();
    const [one] = agreed.parties;
    await proposeVersion(agreed, one, agreed.hash, { title: { en: 'Second' } });
    await refusedAs('agreement-hash-outdated', agreed, () =>
      proposeVersion(agreed, one, agreed.hash, { title: { en: 'Third' } }),
    );
  });

  test('when it says the same', async () => {
    const agreed = await anAgreement();
    const [one] = agreed.parties;
    await refusedAs('version-unchanged', agreed, () => proposeVersion(agreed, one, agreed.hash));
    await refusedAs('version-unchanged', agreed, () =>
      proposeVersion(agreed, one, agreed.hash, { annexes: [], approve: true }),
    );
  });

  test('when its validity ends before it begins', async () => {
    const agreed = await anAgreement();
    const validity = { ...VALIDITY, to: '2025-01-01' };
    await refusedAs('validity-ends-before-it-begins', agreed, () =>
      proposeVersion(agreed, agreed.parties[0], agreed.hash, { validity }),
    );
  });

  test('when a party is suspended', async () => {
    const agreed = await anAgreement();
    const [one, other] = agreed.parties;
    await suspendPartner(other.id);
    const over = { title: { en: 'Second' } };
    await refusedAs('party-not-active', agreed, () => proposeVersion(agreed, one, agreed.hash, over));
    await refusedAs('institution-not-active', agreed, () => proposeVersion(agreed, other, agreed.hash, over));
  });
});

describe('an approval is refused', () => {
  test('of a hash that is not the newest version’s', async () => {
    const agreed = await proposedBy(await parties());
    const [one, other] = agreed.parties;
    const { hash } = (await proposeVersion(agreed, one, agreed.hash, { title: { en: 'Second' } })).ok;
    const answer = await refusedAs('agreement-hash-outdated', agreed, () => approve(agreed, other, agreed.hash));
    expect(answer.problem['latest']).toEqual({ version: 2, hash });
    await refusedAs('agreement-hash-outdated', agreed, () => approve(agreed, other, '0'.repeat(64)));
  });

  test('the second time', async () => {
    const agreed = await proposedBy(await parties(), { approve: true });
    const [one, other] = agreed.parties;
    await refusedAs('already-approved', agreed, () => approve(agreed, one, agreed.hash));
    await approve(agreed, other, agreed.hash);
    await refusedAs('already-approved', agreed, () => approve(agreed, other, agreed.hash));
  });

  test('by who is no party, as of what does not exist', async () => {
    const agreed = await proposedBy(await parties());
    const stranger = await anInstitution();
    const answer = await refusedAs('not-found', agreed, () => approve(agreed, stranger, agreed.hash));
    const none = await approve({ id: randomUUID() }, stranger, agreed.hash);
    expect([none.status, none.problem.detail]).toEqual([answer.status, answer.problem.detail]);
  });

  test('by a party that is suspended', async () => {
    const agreed = await proposedBy(await parties());
    const [, other] = agreed.parties;
    await suspendPartner(other.id);
    await refusedAs('institution-not-active', agreed, () => approve(agreed, other, agreed.hash));
  });

  test('of a terminated agreement', async () => {
    const agreed = await proposedBy(await parties());
    const [one, other] = agreed.parties;
    await terminate(agreed, one);
    const answer = await refusedAs('agreement-terminated', agreed, () => approve(agreed, other, agreed.hash));
    expect(answer.problem['termination']).toMatchObject({ reason: 'notice-given', institutionId: one.id });
    await refusedAs('agreement-terminated', agreed, () => proposeVersion(agreed, other, agreed.hash, aProposal()));
  });
});

describe('a termination is refused', () => {
  test('the second time, also to another day', async () => {
    const agreed = await anAgreement();
    const [one, other] = agreed.parties;
    await terminate(agreed, one, { from: '2098-01-01' });
    await refusedAs('agreement-terminated', agreed, () => terminate(agreed, other));
    await refusedAs('agreement-terminated', agreed, () => terminate(agreed, one, { from: '2098-01-01' }));
  });

  test('from a day that is over', async () => {
    const agreed = await anAgreement();
    await refusedAs('termination-in-the-past', agreed, () =>
      terminate(agreed, agreed.parties[0], { from: '2026-01-01' }),
    );
  });

  test('by who is no party', async () => {
    const agreed = await anAgreement();
    const stranger = await anInstitution();
    await refusedAs('not-found', agreed, () => terminate(agreed, stranger));
  });

  test('but not because a party is suspended', async () => {
    const agreed = await anAgreement();
    const [one, other] = agreed.parties;
    await suspendPartner(one.id);
    await suspendPartner(other.id);
    expect((await terminate(agreed, one)).ok.status).toBe('terminated');
  });
});
