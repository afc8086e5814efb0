import type { Occasion } from './events.ts';
import { day } from './training.ts';

/** Sessions of events that begin in thirty days (see `anEventBody`). */

export const aSessionBody = (over: object = {}) => ({
  title: { en: 'Protons for children', ru: 'Протоны для детей' },
  kind: 'lecture',
  starts: `${day(30)}T10:00`,
  ends: `${day(30)}T11:00`,
  ...over,
});

/** Rooms and tracks of an event's body. */
export const HALLS = {
  rooms: ['hall-a', 'hall-b'].map((id) => ({ id, name: { en: id } })),
  tracks: [{ id: 'paediatric', name: { en: 'Paediatric oncology' } }],
};

/** @param over of the body */
export function addSession({ organiser, event }: Pick<Occasion, 'organiser' | 'event'>, over: object = {}) {
  return organiser.coordinator.call('createSession', { params: { eventId: event.id }, body: aSessionBody(over) });
}
