import type { Deed, Versioned } from '../shared/auth/agent.ts';
import { HUB } from '../shared/auth/agent.ts';
import { Problem } from '../shared/http/problem.ts';
import { type Funds, sumOf } from '../shared/money.ts';
import type { ApplicationStatus } from './application-contract.ts';
import { type Application, isExpired } from './application-model.ts';
import { type Budget, type BudgetMove, promised, requireCurrency } from './budget-model.ts';
import { ApplicationStateConflict } from './errors.ts';
import { CurrenciesMixed, MoreThanAgreed, TravelGrantStateConflict } from './funding-errors.ts';
import type { TravelGrantBody, TravelGrantRepresentation, TravelGrantStatus } from './travel-grant-contract.ts';

/** Travel grants as the Hub keeps them, and every decision about them. Pure. */

export type TravelGrant = TravelGrantRepresentation & Versioned;

const LIVE = ['submitted', 'offered', 'accepted'] as const;

/** From which statuses each action leads where. */
export const TRANSITIONS = {
  offer: { from: ['submitted'], to: 'offered' },
  accept: { from: ['offered'], to: 'accepted' },
  /** By its host. */
  refuse: { from: ['submitted'], to: 'declined' },
  /** By who has asked. */
  decline: { from: ['offered'], to: 'declined' },
  disburse: { from: ['accepted'], to: 'disbursed' },
  withdraw: { from: LIVE, to: 'withdrawn' },
} as const satisfies Record<string, { from: readonly TravelGrantStatus[]; to: TravelGrantStatus }>;
type Action = keyof typeof TRANSITIONS;

/** What is written together: a grant, and how the counters of its budget move. */
export interface TravelGrantStep {
  readonly next: TravelGrant;
  readonly move: BudgetMove | undefined;
}

/** Whether money can still be promised or paid for it. */
export function isOpen({ status }: Pick<TravelGrant, 'status'>): boolean {
  return LIVE.some((each) => each === status);
}

/** What of its budget is promised by it, and not paid. */
export function committedBy({ status, offered }: Pick<TravelGrant, 'status' | 'offered'>): number {
  return status === 'offered' || status === 'accepted' ? (offered?.amount ?? 0) : 0;
}

/** Money is asked for, promised and paid for who has a seat, or had it to the end. */
const TRAVELLING: readonly ApplicationStatus[] = ['accepted', 'confirmed', 'completed'];
const ASKING: readonly ApplicationStatus[] = ['accepted', 'confirmed'];

function requireStatus(application: Application, allowedFrom: readonly ApplicationStatus[], now: Date): void {
  const status = isExpired(application, now) ? 'lapsed' : application.status;
  if (allowedFrom.includes(status)) return;
  throw new Problem(ApplicationStateConflict, `The application is ${status}.`, {
    applicationStatus: status,
    allowedFrom,
  });
}

/** @throws Problem `application-state-conflict` */
export function requireTraveller(application: Application, now: Date): void {
  requireStatus(application, TRAVELLING, now);
}

/** @throws Problem `application-state-conflict`, `currencies-mixed` */
export function newTravelGrant(
  id: string,
  application: Application,
  { items }: TravelGrantBody,
  { by, now }: Deed,
): TravelGrant {
  requireStatus(application, ASKING, now);
  const rates = items.flatMap(({ rate }) => (rate === undefined ? [] : [rate]));
  const asked = sumOf(items.map(({ money }) => money));
  if (asked === undefined) throw new Problem(CurrenciesMixed, 'The items are in several currencies.');
  requireCurrency(asked.currency, ...rates);
  const { id: applicationId, cohortId, programmeId, hostId, institutionId } = application;
  const at = now.toISOString();
  return {
    ...{ id, applicationId, cohortId, programmeId, hostId, institutionId, items, asked, status: 'submitted' },
    ...{ createdAt: at, updatedAt: at, version: 1, by },
  };
}

type Change = Partial<Pick<TravelGrant, 'budgetId' | 'offered' | 'paid' | 'receipts' | 'reason'>>;

/** @throws Problem `travel-grant-state-conflict` */
function step(grant: TravelGrant, action: Action, { by, now }: Pick<Deed, 'by' | 'now'>, change: Change): TravelGrant {
  const { status, version } = grant;
  const { from, to } = TRANSITIONS[action];
  if (from.some((each) => each === status)) {
    return { ...grant, ...change, status: to, version: version + 1, updatedAt: now.toISOString(), by };
  }
  throw new Problem(TravelGrantStateConflict, `The travel grant is ${status}.`, {
    travelGrantStatus: status,
    allowedFrom: from,
  });
}

/** @throws Problem `more-than-agreed` */
function requireNoMore(funds: Funds, most: Funds): void {
  requireCurrency(most.currency, funds);
  if (funds.amount > most.amount) throw new Problem(MoreThanAgreed, 'That is too much.', { most });
}

/** @throws Problem `travel-grant-state-conflict`, `currencies-mixed`, `more-than-agreed`, `budget-exceeded` */
export function offered(grant: TravelGrant, budget: Budget, amount: Funds, deed: Deed): TravelGrantStep {
  const next = step(grant, 'offer', deed, { budgetId: budget.id, offered: amount });
  requireNoMore(amount, grant.asked);
  return { next, move: promised(budget, amount) };
}

/** @throws Problem `travel-grant-state-conflict` */
export function accepted(grant: TravelGrant, deed: Deed): TravelGrantStep {
  return { next: step(grant, 'accept', deed, {}), move: undefined };
}

/** @throws Problem `travel-grant-state-conflict` */
export function declined(grant: TravelGrant, deed: Deed): TravelGrantStep {
  const { hostId, institutionId, status } = grant;
  const refuses = deed.institutionId === hostId && (hostId !== institutionId || status === 'submitted');
  return freed(grant, step(grant, refuses ? 'refuse' : 'decline', deed, {}));
}

/** @throws Problem `travel-grant-state-conflict` */
export function withdrawn(grant: TravelGrant, deed: Deed): TravelGrantStep {
  return freed(grant, step(grant, 'withdraw', deed, {}));
}

/** @throws Problem `travel-grant-state-conflict`, `currencies-mixed`, `more-than-agreed` */
export function disbursed(
  grant: TravelGrant,
  { paid, receipts }: { readonly paid: Funds; readonly receipts: string[] },
  deed: Deed,
): TravelGrantStep {
  const next = step(grant, 'disburse', deed, { paid, receipts });
  requireNoMore(paid, grant.offered ?? grant.asked);
  return { next, move: moveOf(grant, paid.amount) };
}

const ENDS: Readonly<Partial<Record<ApplicationStatus, NonNullable<TravelGrant['reason']>>>> = {
  withdrawn: 'application-withdrawn',
  lapsed: 'application-lapsed',
  declined: 'application-declined',
  cancelled: 'cohort-cancelled',
};

/** Why nobody travels for an application any more; `undefined` while somebody may, or has. */
export function endOf({ status }: Pick<Application, 'status'>): TravelGrant['reason'] {
  return ENDS[status];
}

/** What the Hub does when its application has ended; `undefined` when nothing is left to do. */
export function released(
  grant: TravelGrant,
  reason: NonNullable<TravelGrant['reason']>,
  now: Date,
): TravelGrantStep | undefined {
  return isOpen(grant) ? freed(grant, step(grant, 'withdraw', { by: HUB, now }, { reason })) : undefined;
}

/** What it was promised goes back. */
function freed(before: TravelGrant, next: TravelGrant): TravelGrantStep {
  return { next, move: moveOf(before, 0) };
}

/** The end of a promise: so much is paid, the rest given back. */
function moveOf(grant: TravelGrant, paid: number): BudgetMove | undefined {
  const { budgetId } = grant;
  return budgetId === undefined ? undefined : { budgetId, bound: paid - committedBy(grant), disbursed: paid };
}

export function showTravelGrant({ version: _, by: __, ...shown }: TravelGrant): TravelGrantRepresentation {
  return shown;
}
