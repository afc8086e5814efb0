import { HUB } from '../shared/auth/agent.ts';
import { type ClaimStore, type LineRules, type SubjectSearch, secondsOf } from '../shared/capacity/claim.ts';
import { expiryOf, type Holder, subjectKey } from '../shared/capacity/holder.ts';
import { type Application, type Change, isLive, placeOf, step, unitState } from './application-model.ts';
import { type Cohort, givesSeats, minutesToConfirm, reserveFor } from './cohort-model.ts';
import { accountKey } from './keys.ts';
import type { Ports } from './ports.ts';

/** Applications as the capacity model sees them: claims on the seats of a cohort. */

const subjectOf = ({ institutionId, nominee }: Application): string => subjectKey(institutionId, nominee.pseudonym);

function searchFor(application: Application): SubjectSearch<Application> {
  const { cohortId, institutionId, nominee } = application;
  return {
    subject: subjectOf(application),
    accountsToSearch: () => Promise.resolve([accountKey(cohortId)]),
    isSameSubject: (other) => other.institutionId === institutionId && other.nominee.pseudonym === nominee.pseudonym,
  };
}

/** A step of the Hub itself. */
function mustStep(application: Application, action: 'offer' | 'withdraw', now: Date, change: Change): Application {
  const next = step(application, action, now, change);
  if (next === undefined) throw new Error('An application that waits cannot be given a seat');
  return next;
}

async function cohortOf({ cohorts }: Ports, { cohortId }: Application): Promise<Cohort> {
  const cohort = await cohorts.get(cohortId);
  if (cohort === undefined) throw new Error('An application has no cohort');
  return cohort;
}

export function applicationsAsClaims(ports: Ports): ClaimStore<Application> {
  const { cohorts, applications, now } = ports;
  return {
    accounts: cohorts.accounts,
    line: lineOf(ports),
    now,
    find: (id, freshness) => applications.get(id, freshness),
    putNew: () => Promise.reject(new Error('Applications are made before they claim a seat')),
    putNext: (application) => applications.putNext(application),
    accountOf: ({ cohortId }) => accountKey(cohortId),
    holderOf: (application) => {
      const state = unitState(application);
      if (state === undefined) return undefined;
      const holder = { id: application.id, subject: subjectOf(application), state };
      if (state !== 'held') return holder;
      const { acceptedAt = 0, confirmBy = '' } = application;
      return { ...holder, takenAt: acceptedAt, minutes: (secondsOf(new Date(confirmBy)) - acceptedAt) / 60 };
    },
    // A seat that was not confirmed is not offered again to the same application.
    spentOfferOf: () => undefined,
    expired: (application, at) => step(application, 'lapse', at, { by: HUB }),
  };
}

function lineOf(ports: Ports): LineRules<Application> {
  const { cohorts, applications, now } = ports;
  return {
    table: cohorts.line,
    placeOf,
    mayHave: async (application) => {
      const cohort = await cohortOf(ports, application);
      return givesSeats(cohort, now()) ? reserveFor(cohort, application.institutionId, now()) : 'nothing';
    },
    searchFor,
    offerTo: async (application) => ({
      ...{ id: application.id, subject: subjectOf(application), state: 'held' },
      ...{ takenAt: secondsOf(now()), minutes: minutesToConfirm(await cohortOf(ports, application), now()) },
    }),
    offered: (application, holder, segment) =>
      mustStep(application, 'offer', now(), { by: HUB, segment, ...confirmationOf(holder) }),
    reviewed: () => undefined,
    dropped: (application) => mustStep(application, 'withdraw', now(), { by: HUB }),
    together: {
      companionsOf: ({ id, group = [] }) =>
        companions(
          ports,
          group.filter((other) => other !== id),
        ),
      putAll: (all) => applications.putAll(all),
    },
  };
}

/** When a seat was given, and until when it has to be confirmed. */
function confirmationOf(holder: Holder): Pick<Application, 'acceptedAt' | 'confirmBy'> {
  return { acceptedAt: holder.takenAt ?? 0, confirmBy: new Date((expiryOf(holder) ?? 0) * 1000).toISOString() };
}

async function companions({ applications }: Ports, ids: readonly string[]): Promise<Application[]> {
  const found = await Promise.all(ids.map((id) => applications.get(id)));
  const all = found.filter((application) => application !== undefined);
  if (all.length < ids.length) throw new Error('A group lacks an application');
  return all.filter(isLive);
}
