import type * as z from 'zod/mini';

import type { Outcome } from '../shared/http/once.ts';
import type { applicationRoutes } from './application-contract.ts';
import { accepted, attended, completed, mustStep, reviewed } from './application-model.ts';
import type { Seen } from './application-operations.ts';
import { type Cohort, requireSeatsGiven } from './cohort-model.ts';
import { type ActionRequest, act } from './decisions.ts';
import type { Ports } from './ports.ts';
import { confirmPresence } from './presence.ts';
import { readProgramme } from './programme-operations.ts';

/** Each action on an application: who may is the route's to say, what may be done the model's, how it is written `act`'s. */

type Body<K extends keyof typeof applicationRoutes> = (typeof applicationRoutes)[K] extends {
  body: infer B extends z.ZodMiniType;
}
  ? z.output<B>
  : never;

type Done = Promise<Outcome<Seen>>;

/** @throws Problem as `act`, `must-recuse`, `already-reviewed`, `application-state-conflict` */
export function review(ports: Ports, request: ActionRequest<Body<'reviewApplication'>>): Done {
  return act(ports, request, 'reviewApplication', (application, deed) =>
    reviewed(application, request.body.score, deed),
  );
}

/** @throws Problem as `act`, `reviews-missing`, `application-state-conflict`, `cohort-state-conflict` */
export function accept(ports: Ports, request: ActionRequest): Done {
  return act(ports, request, 'acceptApplication', async (application, deed) => {
    const next = accepted(application, await readProgramme(ports, application.programmeId), deed);
    requireSeatsGiven(await cohortOf(ports, application.cohortId), deed.now);
    return next;
  });
}

/** @throws Problem as `act`, `application-state-conflict` */
export function decline(ports: Ports, request: ActionRequest<Body<'declineApplication'>>): Done {
  const { reason } = request.body;
  return act(ports, request, 'declineApplication', (application, { by, now }) =>
    mustStep(application, 'decline', now, { by, ...(reason === undefined ? {} : { declineReason: reason }) }),
  );
}

/** @throws Problem as `act`, `confirmation-late`, `nominee-elsewhere`, `application-state-conflict` */
export function confirm(ports: Ports, request: ActionRequest): Done {
  return act(
    ports,
    request,
    'confirmApplication',
    (application, { by, now }) => mustStep(application, 'confirm', now, { by }),
    { write: (creation, next) => confirmPresence(ports, creation, next) },
  );
}

/** @throws Problem as `act`, `application-state-conflict` */
export function withdraw(ports: Ports, request: ActionRequest): Done {
  return act(ports, request, 'withdrawApplication', (application, { by, now }) =>
    mustStep(application, 'withdraw', now, { by }),
  );
}

/** @throws Problem as `act`, `attendance-outside-dates`, `attendance-too-early`, `application-state-conflict` */
export function recordAttendance(ports: Ports, date: string, request: ActionRequest<Body<'recordAttendance'>>): Done {
  const { presence } = request.body;
  return act(ports, request, `recordAttendance ${date}`, async (application, deed) =>
    attended(application, await cohortOf(ports, application.cohortId), { date, presence }, deed),
  );
}

/** @throws Problem as `act`, `completion-rule-not-met`, `application-state-conflict` */
export function complete(ports: Ports, request: ActionRequest<Body<'completeApplication'>>): Done {
  return act(ports, request, 'completeApplication', async (application, deed) => {
    const cohort = await cohortOf(ports, application.cohortId);
    const programme = await readProgramme(ports, application.programmeId);
    return completed(application, cohort, programme, request.body.assessmentPassed, deed);
  });
}

async function cohortOf({ cohorts }: Ports, cohortId: string): Promise<Cohort> {
  const cohort = await cohorts.get(cohortId);
  if (cohort === undefined) throw new Error('An application has no cohort');
  return cohort;
}
