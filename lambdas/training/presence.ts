import type { Creation } from '../shared/dynamo/create-once.ts';
import type { WriteOutcome } from '../shared/dynamo/writes.ts';
import { Problem } from '../shared/http/problem.ts';
import { type Application, isPresent } from './application-model.ts';
import type { Confirmation } from './applications-table.ts';
import { daysOf } from './cohort-model.ts';
import { NomineeElsewhere } from './errors.ts';
import type { Ports } from './ports.ts';

/** Nobody is in two places at a time: what each nominee is confirmed for is in one item, which every confirmation writes. */

/** Confirms applications, unless a nominee is confirmed for one of the same days elsewhere. @throws Problem `nominee-elsewhere` */
export async function confirmPresence(
  ports: Ports,
  creation: Creation,
  next: readonly Application[],
): Promise<WriteOutcome> {
  const confirmed: Confirmation[] = [];
  for (const application of next) confirmed.push(await confirmationOf(ports, application));
  return ports.applications.confirm(creation, confirmed);
}

/** With what the nominee is confirmed for then; what is over or was given up is forgotten. */
async function confirmationOf(ports: Ports, application: Application): Promise<Confirmation> {
  const person = await ports.applications.getPerson(application);
  const days = new Set(await cohortDays(ports, application));
  const kept: string[] = [];
  for (const id of person.applications.filter((each) => each !== application.id)) {
    const other = await ports.applications.get(id);
    if (other === undefined || !isPresent(other)) continue;
    if ((await cohortDays(ports, other)).some((day) => days.has(day))) {
      const { cohortId } = other;
      throw new Problem(NomineeElsewhere, 'The nominee is confirmed elsewhere.', { applicationId: id, cohortId });
    }
    kept.push(id);
  }
  return { application, person: { applications: [...kept, application.id], version: person.version + 1 } };
}

async function cohortDays({ cohorts }: Ports, { cohortId }: Application): Promise<readonly string[]> {
  const cohort = await cohorts.get(cohortId);
  return cohort === undefined ? [] : daysOf(cohort);
}
