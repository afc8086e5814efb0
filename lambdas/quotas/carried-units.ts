import { HUB } from '../shared/auth/agent.ts';
import { isOver } from '../shared/days.ts';
import { takeTurns } from '../shared/dynamo/turns.ts';
import type { AccountingPorts } from './accounting-ports.ts';
import { carriedLeft, unitsLeave } from './closing-model.ts';
import { readGrant } from './grant-operations.ts';
import { isClosed } from './model.ts';
import { MAX_ATTEMPTS } from './move-requests.ts';
import { type GrantState, isWhole, nextGrant } from './moves.ts';

/** Courses that were carried over from the period before, on the day they expire. */

/** Whether the last day of a grant's carried courses has gone by. */
export function isCarriedOver({ grant }: Pick<GrantState, 'grant'>, now: Date): boolean {
  const { carriedUntil, period } = grant;
  return carriedUntil !== undefined && !isClosed(grant) && isOver(carriedUntil, period.timeZone, now);
}

/**
 * Gives carried courses whose last day has gone by back to the pool. Can be repeated.
 * @returns how many they were
 */
export async function expireCarried(ports: AccountingPorts, grantId: string): Promise<number> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    await takeTurns(attempt);
    const state = await readGrant(ports, grantId);
    if (!isCarriedOver(state, ports.now())) return 0;
    if (!isWhole(state)) continue;
    const { carriedUntil: _, ...grant } = state.grant;
    const rest = { grant, account: state.account };
    const stamp = { by: HUB, now: ports.now() };
    const units = carriedLeft(rest);
    const left =
      units === 0 ? { grant: nextGrant(grant, {}, stamp), segments: [] } : unitsLeave(rest, units, 'expired', stamp);
    if (left !== undefined && (await ports.closings.expire(units, left)) === 'expired') return units;
  }
  return 0;
}
