import { busy, MAX_ATTEMPTS } from '../shared/http/once.ts';
import type { Application } from './application-model.ts';
import type { Ports } from './ports.ts';
import { endOf, released } from './travel-grant-model.ts';

/**
 * Ends the travel grant of an application that has ended, and gives back what was promised. Done again, it changes nothing.
 * @param application also as a stream shows it: what has ended stays so @returns whether there was one to end
 * @throws Problem `busy` when others keep changing it: to be tried again
 */
export async function releaseTravelGrant(
  { funding, now }: Ports,
  application: Pick<Application, 'id' | 'status'>,
): Promise<boolean> {
  const reason = endOf(application);
  if (reason === undefined) return false;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const id = await funding.lastFor(application.id);
    const grant = id === undefined ? undefined : await funding.get(id);
    const step = grant && released(grant, reason, now());
    if (step === undefined) return false;
    if (await funding.release(step)) return true;
  }
  throw busy('travel grant');
}
