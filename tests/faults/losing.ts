import type { Plan } from './fault-proxy.ts';

/** Loses this share of the replies to writes, evenly and in the same way each time. */
export function losing(share: number): Plan {
  let owed = 0;
  return ({ operation }) => {
    if (!/^(?:Put|Update|Transact)/.test(operation)) return undefined;
    owed += share;
    if (owed < 1) return undefined;
    owed -= 1;
    return 'lost-reply';
  };
}
