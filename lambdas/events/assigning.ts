import { HUB } from '../shared/auth/agent.ts';
import { type Abstract, isCallOver, mustStep, reviewersFor } from './abstract-model.ts';
import type { Event } from './event-model.ts';
import type { Ports } from './ports.ts';

/**
 * Assigns reviewers to the abstracts of an event that lack some, once its call is closed. Who is appointed later is assigned
 * what was left. Done again, it changes nothing. @returns how many abstracts were given reviewers
 */
export async function assignReviewers(ports: Ports, event: Event): Promise<number> {
  const { abstracts, now } = ports;
  const { call } = event;
  if (call === undefined || !isCallOver(event, now())) return 0;
  const lacking = await abstracts.listUnassigned(event.id);
  if (lacking.length === 0) return 0;
  const [all, reviewers] = [
    await abstracts.allOf(event.id, { consistent: true }),
    await abstracts.allReviewers(event.id),
  ];
  const loads = loadsOf(all);
  let assigned = 0;
  for (const abstract of all.filter(({ id }) => lacking.includes(id))) {
    if (abstract.status !== 'submitted' && abstract.status !== 'under-review') {
      await abstracts.forgetUnassigned(abstract);
      continue;
    }
    const joining = reviewersFor(abstract, reviewers, loads, call.reviewsPerAbstract);
    if (joining.length === 0) continue;
    const next = mustStep(abstract, 'assign', now(), { by: HUB, assigned: [...abstract.assigned, ...joining] });
    const subjects = joining.map(({ subject }) => subject);
    // Otherwise it was changed meanwhile: the next run looks again.
    if (!(await abstracts.assign(next, subjects, next.assigned.length >= call.reviewsPerAbstract))) continue;
    for (const subject of subjects) loads.set(subject, (loads.get(subject) ?? 0) + 1);
    assigned += 1;
  }
  return assigned;
}

/** How many abstracts each reviewer has, by subject. */
function loadsOf(all: readonly Abstract[]): Map<string, number> {
  const loads = new Map<string, number>();
  for (const { subject } of all.flatMap(({ assigned }) => assigned)) loads.set(subject, (loads.get(subject) ?? 0) + 1);
  return loads;
}
