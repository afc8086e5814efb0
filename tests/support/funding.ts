import type { ApplicationRepresentation } from '../../lambdas/training/application-contract.ts';
import type { BudgetRepresentation } from '../../lambdas/training/budget-contract.ts';
import type { TravelGrantRepresentation } from '../../lambdas/training/travel-grant-contract.ts';
import type { Institution } from './factories.ts';
import { aConfirmed, type Training } from './training.ts';

/** Budgets and travel grants, and those who have to do with them. */

export const eur = (amount: number) => ({ amount, currency: 'EUR' });
export const usd = (amount: number) => ({ amount, currency: 'USD' });

export const aBudgetBody = (over: object = {}) => ({ payer: { source: 'host' }, limit: eur(100_000), ...over });

export const aTicket = (amount: number) => ({ kind: 'ticket', money: eur(amount) });

export const aRequestBody = (applicationId: string, over: object = {}) => ({
  applicationId,
  items: [aTicket(30_000), { kind: 'per-diem', rate: eur(4000), days: 5, money: eur(20_000) }],
  ...over,
});

export const RECEIPTS = ['019a8f3e-7c00-7a11-8000-00000000d0c1'];

export async function aBudget({ host, cohort }: Pick<Training, 'host' | 'cohort'>, over: object = {}) {
  const params = { cohortId: cohort.id };
  return (await host.coordinator.call('createBudget', { params, body: aBudgetBody(over) })).ok;
}

export async function budgetOf({ host }: Pick<Training, 'host'>, { id }: { readonly id: string }) {
  return (await host.coordinator.call('getBudget', { params: { budgetId: id } })).ok;
}

/** What a budget has committed, disbursed and left, in minor units. */
export async function countersOf(scene: Pick<Training, 'host'>, budget: { readonly id: string }): Promise<number[]> {
  const { committed, disbursed, available } = await budgetOf(scene, budget);
  return [committed, disbursed, available].map(({ amount }) => amount);
}

export function askFor({ coordinator }: Institution, { id }: { readonly id: string }, over: object = {}, options = {}) {
  return coordinator.call('createTravelGrant', { body: aRequestBody(id, over), ...options });
}

export const offerOf = (budgetId: string, amount: object) => ({ body: { budgetId, amount } });
export const payment = (amount: object) => ({ body: { paid: amount, receipts: RECEIPTS } });

type Action = `${'offer' | 'accept' | 'decline' | 'disburse' | 'withdraw'}TravelGrant`;

export function actOnGrant(who: Institution, action: Action, { id }: { readonly id: string }, options = {}) {
  return who.coordinator.call(action, { params: { travelGrantId: id }, ...options });
}

export async function grantSeenBy({ coordinator }: Institution, { id }: { readonly id: string }) {
  return (await coordinator.call('getTravelGrant', { params: { travelGrantId: id } })).ok;
}

/** A travel grant that was asked for, for somebody who has confirmed. */
export async function aRequest(
  scene: Training,
  over: object = {},
  application?: ApplicationRepresentation,
): Promise<TravelGrantRepresentation> {
  return (await askFor(scene.applicant, application ?? (await aConfirmed(scene)), over)).ok;
}

/** The same, once so much of a budget was promised. */
export async function anOffer(
  scene: Training,
  budget: BudgetRepresentation,
  amount = 50_000,
  application?: ApplicationRepresentation,
): Promise<TravelGrantRepresentation> {
  const asked = await aRequest(scene, {}, application);
  const body = { budgetId: budget.id, amount: { amount, currency: budget.limit.currency } };
  return (await actOnGrant(scene.host, 'offerTravelGrant', asked, { body })).ok;
}
