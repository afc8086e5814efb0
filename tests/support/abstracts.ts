import { UpdateCommand } from '@aws-sdk/lib-dynamodb';

import { familyOf } from '../../lambdas/shared/capacity/holder.ts';
import { api, type Client } from './client.ts';
import type { Occasion } from './events.ts';
import { anInstitution, type Institution } from './factories.ts';
import { engine, hub, hubFacts } from './hub.ts';
import { day } from './training.ts';

/** Abstracts, the calls for them, and who judges them. */

/** A call that is open, of an event's body. */
export const aCall = (over: object = {}) => ({
  opens: `${day(-2)}T00:00`,
  closes: `${day(10)}T23:59`,
  types: ['oral', 'poster'],
  topics: [
    { id: 'protons', title: { en: 'Proton therapy', ru: 'Протонная терапия' } },
    { id: 'paediatric', title: { en: 'Paediatric oncology' } },
  ],
  maxCharacters: 400,
  maxAuthors: 3,
  ...over,
});

/** An author with the example that ORCID gives. */
export const anAuthor = (over: object = {}) => ({
  displayName: 'Josiah Carberry',
  affiliation: { name: 'Brown University', country: 'RU' },
  orcid: 'https://orcid.org/0000-0002-1825-0097',
  ...over,
});

export const anAbstractBody = (over: object = {}) => ({
  language: 'en',
  title: 'Protons for medulloblastoma in children under three',
  text: 'Of forty children thirty-one had no relapse in two years.',
  type: 'oral',
  topic: 'protons',
  authors: [anAuthor({ presenting: true })],
  consent: true,
  ...over,
});

/** @param over of the body */
export function submitAbstract(
  { event }: Pick<Occasion, 'event'>,
  { coordinator }: Pick<Institution, 'coordinator'>,
  over: object = {},
  options: Parameters<Client['call']>[1] = {},
) {
  return coordinator.call('createAbstract', { params: { eventId: event.id }, body: anAbstractBody(over), ...options });
}

/** Somebody who reviews for an event. */
export interface ReviewerScene {
  readonly institution: Institution;
  readonly client: Client;
  readonly subject: string;
}

export async function aReviewer(
  { organiser, event }: Pick<Occasion, 'organiser' | 'event'>,
  {
    institution,
    ...over
  }: { readonly institution?: Institution; readonly topics?: string[]; readonly most?: number } = {},
): Promise<ReviewerScene> {
  const theirs = institution ?? (await anInstitution());
  const client = api(theirs.id, 'clinician');
  const { subject } = (await client.call('getMe', {})).ok;
  const body = { subject, institutionId: theirs.id, topics: ['protons'], ...over };
  const appointed = await organiser.coordinator.call('appointReviewer', { params: { eventId: event.id }, body });
  if (appointed.status !== 201) throw new Error(appointed.code);
  return { institution: theirs, client, subject };
}

type Action = `${'review' | 'discuss' | 'accept' | 'reject' | 'withdraw' | 'place'}Abstract`;

/** @param body of the request */
export function actOnAbstract(client: Client, action: Action, { id }: { readonly id: string }, body: object = {}) {
  return client.call(action, { params: { abstractId: id }, body });
}

export async function abstractSeenBy(client: Client, { id }: { readonly id: string }) {
  return (await client.call('getAbstract', { params: { abstractId: id } })).ok;
}

/** Changes what is stored as if the deadline had been before, and has reviewers assigned. */
export async function closeCall({ event }: Pick<Occasion, 'event'>): Promise<void> {
  const client = await engine();
  await client.send(
    new UpdateCommand({
      TableName: (await hubFacts()).tables.events,
      Key: { pk: `EVENT#${familyOf(event.id)}`, sk: 'EVENT' },
      UpdateExpression: 'SET #call.closes = :past',
      ExpressionAttributeNames: { '#call': 'call' },
      ExpressionAttributeValues: { ':past': `${day(-1)}T00:00` },
    }),
  );
  await hub.runSchedule('EventsSweepSchedule');
}
