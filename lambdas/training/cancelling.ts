import { HUB } from '../shared/auth/agent.ts';
import { settle } from '../shared/capacity/settle.ts';
import { type Application, step } from './application-model.ts';
import { applicationsAsClaims } from './applications-as-claims.ts';
import type { Ports } from './ports.ts';

/** Ends what has been applied for, once a cohort is cancelled. Done again, it changes nothing. @returns how many it ended */
export async function cancelApplications(ports: Ports, cohortId: string): Promise<number> {
  let ended = 0;
  for (const application of await ports.applications.allOf(cohortId)) {
    if (await cancel(ports, application)) ended += 1;
  }
  return ended;
}

async function cancel(ports: Ports, application: Application): Promise<boolean> {
  let current: Application | undefined = application;
  while (current !== undefined) {
    const next = step(current, 'cancel', ports.now(), { by: HUB });
    if (next === undefined) return false;
    current = await ports.applications.putNext(next);
    if (current === undefined) await settle(applicationsAsClaims(ports), next);
  }
  return true;
}
