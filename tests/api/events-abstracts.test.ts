import { expect, test } from 'vitest';

import {
  abstractSeenBy,
  aCall,
  actOnAbstract,
  anAbstractBody,
  anAuthor,
  aReviewer,
  closeCall,
  submitAbstract,
} from '../support/abstracts.ts';
import { api } from '../support/client.ts';
import { anEvent, changeEvent, type Occasion } from '../support/events.ts';
import { anInstitution } from '../support/factories.ts';
import { hub } from '../support/hub.ts';
import { addSession } from '../support/sessions.ts';
import { day } from '../support/training.ts';

const aCongress = (over: object = {}) => anEvent({}, { call: aCall(over) });
const bookOf = async ({ guest, event }: Occasion): Promise<string> =>
  (await guest.coordinator.call('getBookOfAbstracts', { params: { eventId: event.id } })).bytes.toString();
const assignedTo = async ({ event }: Occasion, { client }: Awaited<ReturnType<typeof aReviewer>>) => {
  const query = { assigned: 'true' };
  return (await client.call('listAbstracts', { params: { eventId: event.id }, query })).ok.items;
};

test('an abstract goes from the call to its place in the programme and in the book', async () => {
  const scene = await aCongress();
  const { organiser, guest, event } = scene;
  const reviewers = [await aReviewer(scene), await aReviewer(scene)] as const;
  const submitted = await submitAbstract(scene, guest);
  expect(submitted.status).toBe(201);
  expect(submitted.ok).toMatchObject({ status: 'submitted', institutionId: guest.id, reviewersAssigned: 0 });
  const params = { abstractId: submitted.ok.id };
  const body = {
    title: 'Protons for the youngest',
    authors: [anAuthor({ presenting: true }), anAuthor({ displayName: 'Aigul <b>Author</b>' })],
  };
  const changed = await guest.coordinator.call('updateAbstract', { params, body, ifMatch: '"1"' });
  expect(changed.ok.title).toBe(body.title);

  await closeCall(scene);
  const late = await guest.coordinator.call('updateAbstract', { params, body, ifMatch: '"3"' });
  expect(late.code).toBe('abstract-state-conflict');
  expect((await submitAbstract(scene, guest)).code).toBe('call-closed');

  for (const reviewer of reviewers) {
    const [first] = await assignedTo(scene, reviewer);
    expect(first).toMatchObject({ id: submitted.ok.id, status: 'under-review' });
    // They do not know whose it is.
    expect(JSON.stringify(first)).not.toMatch(/Carberry|Aigul|Brown/);
    expect(JSON.stringify(await abstractSeenBy(reviewer.client, submitted.ok))).not.toContain(guest.id);
  }
  const tooEarly = await actOnAbstract(organiser.coordinator, 'acceptAbstract', submitted.ok);
  expect(tooEarly.code).toBe('reviews-missing');
  expect(tooEarly.problem).toMatchObject({ needed: 2, given: 0 });
  for (const [index, { client }] of reviewers.entries()) {
    const reviewed = await actOnAbstract(client, 'reviewAbstract', submitted.ok, {
      score: 70 + index,
      comment: 'Sound.',
    });
    expect(reviewed.ok.reviews).toEqual([expect.objectContaining({ score: 70 + index })]);
    expect((await actOnAbstract(client, 'reviewAbstract', submitted.ok, { score: 1 })).code).toBe('already-reviewed');
  }
  await actOnAbstract(reviewers[0].client, 'discussAbstract', submitted.ok, { text: 'The follow-up is short.' });
  await actOnAbstract(organiser.coordinator, 'discussAbstract', submitted.ok, { text: 'Two years will do.' });
  const judged = await abstractSeenBy(organiser.coordinator, submitted.ok);
  expect(judged.reviews?.map(({ score }) => score)).toEqual([70, 71]);
  expect(judged.discussion?.map(({ by }) => by)).toEqual(['reviewer', 'organiser']);
  const own = await abstractSeenBy(guest.coordinator, submitted.ok);
  expect([own.reviews, own.discussion, own.authors?.length]).toEqual([undefined, undefined, 2]);

  expect(await bookOf(scene)).not.toContain('Protons for the youngest');
  expect((await actOnAbstract(organiser.coordinator, 'acceptAbstract', submitted.ok)).ok.status).toBe('accepted');
  const [session, other] = [(await addSession(scene)).ok, (await addSession(scene, { kind: 'poster' })).ok];
  await actOnAbstract(organiser.coordinator, 'placeAbstract', submitted.ok, { sessionId: other.id });
  const placed = await actOnAbstract(organiser.coordinator, 'placeAbstract', submitted.ok, { sessionId: session.id });
  expect(placed.ok.sessionId).toBe(session.id);
  const timetable = (await guest.coordinator.call('getTimetable', { params: { eventId: event.id } })).ok;
  const abstracts = new Map(
    timetable.days.flatMap(({ sessions }) => sessions.map((each) => [each.id, each.abstracts])),
  );
  // It has one place.
  expect([abstracts.get(session.id), abstracts.get(other.id)]).toEqual([[submitted.ok.id], []]);

  const book = await bookOf(scene);
  expect(book).toContain('<a href="https://orcid.org/0000-0002-1825-0097">Josiah Carberry');
  // Nothing of it is markup.
  expect(book).toContain('Aigul &lt;b&gt;Author&lt;/b&gt;');
  expect((await actOnAbstract(guest.coordinator, 'withdrawAbstract', submitted.ok)).ok.status).toBe('withdrawn');
  expect(await bookOf(scene)).not.toContain('Protons for the youngest');
  const params2 = { eventId: event.id, sessionId: session.id };
  expect((await guest.coordinator.call('getSession', { params: params2 })).ok.abstracts).toEqual([]);
});

test.each([
  ['no call', { call: undefined }, {}, 'call-closed', {}],
  ['a call to come', { call: aCall({ opens: `${day(1)}T00:00` }) }, {}, 'call-closed', {}],
  ['a call that is over', { call: aCall({ closes: `${day(-1)}T00:00` }) }, {}, 'call-closed', {}],
  ['a text over length', {}, { text: 'я'.repeat(401) }, 'abstract-too-long', { most: 400, given: 401 }],
  [
    'too many authors',
    {},
    { authors: [0, 1, 2, 3].map((each) => anAuthor({ presenting: each === 0 })) },
    'abstract-too-long',
    { most: 3 },
  ],
  ['a type that is not wanted', {}, { type: 'video' }, 'call-mismatch', { errors: [{ pointer: '/type' }] }],
  ['an unknown topic', {}, { topic: 'surgery' }, 'call-mismatch', { errors: [{ pointer: '/topic' }] }],
])('%s is refused, and nothing is kept', async (_name, eventOver, over, code, said) => {
  const scene = await anEvent({}, { call: aCall(), ...eventOver });
  const answer = await submitAbstract(scene, scene.guest, over);
  expect(answer.code).toBe(code);
  expect(answer.problem).toMatchObject(said);
  const { ok } = await scene.organiser.coordinator.call('listAbstracts', { params: { eventId: scene.event.id } });
  expect(ok.items).toEqual([]);
});

test('a text of letters that take two units each is as long as its letters are many', async () => {
  const scene = await aCongress();
  expect((await submitAbstract(scene, scene.guest, { text: '𝛽'.repeat(400) })).status).toBe(201);
});

test('nobody judges what is from an institution of theirs, and who has most is asked last', async () => {
  const scene = await aCongress({ reviewsPerAbstract: 1 });
  const { guest, event } = scene;
  const [third] = [await anInstitution()];
  const own = await aReviewer(scene, { institution: guest });
  const coAuthors = await aReviewer(scene, { institution: third });
  const [a, b] = [await aReviewer(scene), await aReviewer(scene, { most: 1 })];
  const otherTopic = await aReviewer(scene, { topics: ['paediatric'] });
  const affiliation = { name: 'Third', country: 'KZ', institutionId: third.id };
  const ids = new Set<string>();
  for (let number = 0; number < 4; number++) {
    const authors = [anAuthor({ presenting: true }), anAuthor({ affiliation })];
    ids.add((await submitAbstract(scene, guest, { authors })).ok.id);
  }
  await closeCall(scene);
  const mine = async (reviewer: typeof a) => (await assignedTo(scene, reviewer)).map(({ id }) => id);
  expect(await mine(own)).toEqual([]);
  expect(await mine(coAuthors)).toEqual([]);
  expect(await mine(otherTopic)).toEqual([]);
  expect((await mine(b)).length).toBe(1);
  expect(new Set([...(await mine(a)), ...(await mine(b))])).toEqual(ids);

  const [first = ''] = await mine(a);
  expect((await actOnAbstract(b.client, 'reviewAbstract', { id: first }, { score: 1 })).code).toBe('not-found');
  expect((await actOnAbstract(own.client, 'reviewAbstract', { id: first }, { score: 100 })).code).toBe(
    'role-not-permitted',
  );
  const again = { subject: a.subject, institutionId: a.institution.id, topics: ['protons'] };
  const params = { eventId: event.id };
  expect((await scene.organiser.coordinator.call('appointReviewer', { params, body: again })).code).toBe(
    'reviewer-exists',
  );
});

test('what nobody could review waits for a reviewer who is appointed later', async () => {
  const scene = await aCongress({ reviewsPerAbstract: 1 });
  const { ok } = await submitAbstract(scene, scene.guest);
  await closeCall(scene);
  expect((await abstractSeenBy(scene.organiser.coordinator, ok)).status).toBe('submitted');
  const reviewer = await aReviewer(scene);
  await hub.runSchedule('EventsSweepSchedule');
  expect((await assignedTo(scene, reviewer)).map(({ id }) => id)).toEqual([ok.id]);
});

test('what is withdrawn, or rejected early, is assigned to nobody', async () => {
  const scene = await aCongress({ reviewsPerAbstract: 1 });
  const reviewer = await aReviewer(scene);
  const withdrawn = (await submitAbstract(scene, scene.guest)).ok;
  await actOnAbstract(scene.guest.coordinator, 'withdrawAbstract', withdrawn);
  const rejected = (await submitAbstract(scene, scene.guest)).ok;
  const answer = await actOnAbstract(scene.organiser.coordinator, 'rejectAbstract', rejected, { reason: 'scope' });
  expect(answer.ok).toMatchObject({ status: 'rejected', decisionReason: 'scope' });
  await closeCall(scene);
  expect(await assignedTo(scene, reviewer)).toEqual([]);
  expect((await actOnAbstract(scene.organiser.coordinator, 'acceptAbstract', rejected)).code).toBe(
    'abstract-state-conflict',
  );
});

test('the same request makes one abstract, and one that has changed is not changed unseen', async () => {
  const scene = await aCongress();
  const [body, key] = [anAbstractBody(), crypto.randomUUID()];
  const params = { eventId: scene.event.id };
  const send = () => scene.guest.coordinator.call('createAbstract', { params, body, key });
  const [first, again] = [await send(), await send()];
  expect(again.ok).toEqual(first.ok);
  expect(again.headers['idempotency-replayed']).toBe('true');
  const other = await scene.guest.coordinator.call('createAbstract', {
    params,
    body: { ...body, type: 'poster' },
    key,
  });
  expect(other.code).toBe('idempotency-key-reused');
  const update = { params: { abstractId: first.ok.id }, body: { type: 'poster' }, ifMatch: '"7"' };
  expect((await scene.guest.coordinator.call('updateAbstract', update)).code).toBe('stale-version');
});

test('an abstract is seen by its institution and the organisers, and by nobody else', async () => {
  const scene = await aCongress();
  const { ok } = await submitAbstract(scene, scene.guest);
  const stranger = await anInstitution();
  const params = { abstractId: ok.id };
  expect((await stranger.coordinator.call('getAbstract', { params })).code).toBe('not-found');
  const list = { params: { eventId: scene.event.id } };
  expect((await stranger.coordinator.call('listAbstracts', list)).ok.items).toEqual([]);
  expect((await scene.guest.coordinator.call('listAbstracts', list)).ok.items.map(({ id }) => id)).toEqual([ok.id]);
  const auditor = api(stranger.id, 'auditor');
  expect((await auditor.call('getAbstract', { params })).ok.authors?.length).toBe(1);
});

test('a call that ends before it opens is refused', async () => {
  const scene = await anEvent();
  const call = aCall({ opens: `${day(5)}T00:00`, closes: `${day(4)}T00:00` });
  expect((await changeEvent(scene, { call })).code).toBe('impossible-dates');
});

test('who reviews at the organiser’s, and does not organise, does not learn whose it is either', async () => {
  const scene = await aCongress({ reviewsPerAbstract: 1 });
  const reviewer = await aReviewer(scene, { institution: scene.organiser });
  const { ok } = await submitAbstract(scene, scene.guest);
  await closeCall(scene);
  const listed = await reviewer.client.call('listAbstracts', { params: { eventId: scene.event.id } });
  expect(listed.ok.items.map(({ id }) => id)).toEqual([ok.id]);
  for (const shown of [listed.ok.items, await assignedTo(scene, reviewer), await abstractSeenBy(reviewer.client, ok)]) {
    expect(JSON.stringify(shown)).not.toMatch(new RegExp(`Carberry|Brown|${scene.guest.id}`));
  }
  expect((await abstractSeenBy(scene.organiser.coordinator, ok)).institutionId).toBe(scene.guest.id);
});
