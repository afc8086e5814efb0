import type { Permission } from '../shared/auth/access.ts';
import type { Deed } from '../shared/auth/agent.ts';
import { promote } from '../shared/capacity/line.ts';
import { expire, settle } from '../shared/capacity/settle.ts';
import type { Creation } from '../shared/dynamo/create-once.ts';
import { takeTurns } from '../shared/dynamo/turns.ts';
import type { WriteOutcome } from '../shared/dynamo/writes.ts';
import { creationOf } from '../shared/http/creation.ts';
import { keyReused } from '../shared/http/idempotency.ts';
import { busy, deedOf, MAX_ATTEMPTS, type Outcome, refusalOf } from '../shared/http/once.ts';
import { refuseStale } from '../shared/http/versions.ts';
import { type Application, actsWithGroup, isExpired, placeOf } from './application-model.ts';
import { getApplication, type Seen } from './application-operations.ts';
import { applicationsAsClaims } from './applications-as-claims.ts';
import { accountKey } from './keys.ts';
import type { Ports } from './ports.ts';

/**
 * What happens to an application after it was made: one transaction over it, or over all of its group, on the condition that
 * each is as it was judged. The account and the line follow.
 */

export interface ActionRequest<B = unknown> {
  readonly permission: Permission;
  readonly applicationId: string;
  readonly body: B;
  readonly idempotencyKey: string | undefined;
  readonly expectedVersion: number | undefined;
}

/** What an action makes of one application. @throws Problem when it may not */
export type Judge = (application: Application, deed: Deed) => Application | Promise<Application>;

interface Manner {
  /** Unless it is just the applications that are written. */
  readonly write?: (creation: Creation, next: readonly Application[]) => Promise<WriteOutcome>;
  /** It is about one person, whatever group there is. */
  readonly alone?: boolean;
}

/**
 * Carries an action out.
 * Repeating it with the same idempotency key changes nothing and answers with the application as it is now.
 * @param operationId names the action
 * @throws Problem `not-found`, `role-not-permitted`, `stale-version`, `idempotency-key-reused`, `busy`, what `judge` throws
 */
export async function act(
  ports: Ports,
  request: ActionRequest,
  operationId: string,
  judge: Judge,
  { write = (creation, next) => ports.applications.change(creation, next), alone = false }: Manner = {},
): Promise<Outcome<Seen>> {
  const { permission, applicationId, body, expectedVersion } = request;
  // Without a key of the client's the attempt still needs a name, to know its own write again after a lost reply.
  const idempotencyKey = request.idempotencyKey ?? ports.newId();
  const creation = creationOf(ports, { permission, body, idempotencyKey }, [operationId, applicationId], applicationId);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    await takeTurns(attempt);
    const { application } = await getApplication(ports, permission, applicationId);
    const earlier = await ports.applications.findEarlier(creation);
    if (earlier?.kind === 'key-reused') throw keyReused();
    if (earlier !== undefined) {
      // What was done to a group has changed whether it acts as one: all of it is settled.
      const all = await read(ports, application.group ?? [applicationId]);
      await follow(ports, all, all);
      return { value: await getApplication(ports, permission, applicationId), replayed: true };
    }
    refuseStale('application', application, expectedVersion);
    const before = await partyOf(ports, application, alone);
    const over = before.filter((each) => isExpired(each, ports.now()));
    for (const each of over) await expire(applicationsAsClaims(ports), each);
    // What is over is judged as that, by what is there now.
    const judged = over.length === 0 ? before : await partyOf(ports, application, alone);
    const deed = deedOf(ports, permission);
    const next: Application[] = [];
    for (const each of judged) next.push(await judge(each, deed));
    const outcome = await write(creation, next);
    if (outcome.kind === 'done' || outcome.kind === 'replayed') {
      const moves = next.some(({ status }, index) => status !== judged[index]?.status);
      if (moves) await follow(ports, judged, next);
      return {
        value: await getApplication(ports, permission, applicationId),
        replayed: outcome.kind === 'replayed',
      };
    }
    // Otherwise changed meanwhile, perhaps by this very attempt before its reply was lost: look again.
    if (outcome.kind !== 'moved-on') throw refusalOf(outcome, permission);
  }
  throw busy('application');
}

/** An application with all of its group to which the same is done. */
function partyOf(ports: Ports, application: Application, alone: boolean): Promise<Application[]> {
  const { id, group = [id] } = application;
  return read(ports, actsWithGroup(application) && !alone ? group : [id]);
}

async function read({ applications }: Ports, ids: readonly string[]): Promise<Application[]> {
  const found = await Promise.all(ids.map((id) => applications.get(id)));
  return found.filter((application) => application !== undefined);
}

/** Has the account and the line follow, and units that have become free go to who waits. */
async function follow(ports: Ports, before: readonly Application[], next: readonly Application[]): Promise<void> {
  const claims = applicationsAsClaims(ports);
  for (const application of next) await settle(claims, application);
  for (const application of before) {
    const place = placeOf(application);
    const waits = next.some((each) => each.id === application.id && placeOf(each)?.rank === place?.rank);
    // If the process dies before this, whoever reads the line removes it.
    if (place !== undefined && !waits) await ports.cohorts.line.leave(accountKey(application.cohortId), place);
  }
  const [first] = next;
  if (first !== undefined) await promote(claims, accountKey(first.cohortId));
}
