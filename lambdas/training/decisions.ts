import type { Permission } from '../shared/auth/access.ts';
import { decide, type Judge as JudgeOf } from '../shared/capacity/decide.ts';
import type { Creation } from '../shared/dynamo/create-once.ts';
import type { WriteOutcome } from '../shared/dynamo/writes.ts';
import { creationOf } from '../shared/http/creation.ts';
import type { Outcome } from '../shared/http/once.ts';
import { type Application, actsWithGroup } from './application-model.ts';
import { getApplication, type Seen } from './application-operations.ts';
import { applicationsAsClaims } from './applications-as-claims.ts';
import type { Ports } from './ports.ts';

/** What happens to an application after it was made. */

export interface ActionRequest<B = unknown> {
  readonly permission: Permission;
  readonly applicationId: string;
  readonly body: B;
  readonly idempotencyKey: string | undefined;
  readonly expectedVersion: number | undefined;
}

export type Judge = JudgeOf<Application>;

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
export function act(
  ports: Ports,
  request: ActionRequest,
  operationId: string,
  judge: Judge,
  { write = (creation, next) => ports.applications.change(creation, next), alone = false }: Manner = {},
): Promise<Outcome<Seen>> {
  const { permission, applicationId, body, expectedVersion } = request;
  // Without a key of the client's the attempt still needs a name, to know its own write again after a lost reply.
  const idempotencyKey = request.idempotencyKey ?? ports.newId();
  const groupOf = ({ id, group = [id] }: Application) => group;
  return decide(ports, permission, {
    what: 'application',
    store: applicationsAsClaims(ports),
    creation: creationOf(ports, { permission, body, idempotencyKey }, [operationId, applicationId], applicationId),
    expectedVersion,
    see: () => getApplication(ports, permission, applicationId),
    claimIn: ({ application }) => application,
    findEarlier: (creation) => ports.applications.findEarlier(creation),
    groupOf,
    partyOf: (application) => (actsWithGroup(application) && !alone ? groupOf(application) : [application.id]),
    judge,
    write,
  });
}
