import { randomBytes } from 'node:crypto';

import type * as z from 'zod/mini';
import { notFound, type Permission } from '../shared/auth/access.ts';
import type { Outcome } from '../shared/http/once.ts';
import type { applicationRoutes, TraineeName } from './application-contract.ts';
import { erased, mustStep } from './application-model.ts';
import { getApplication, type Seen } from './application-operations.ts';
import { type ActionRequest, act } from './decisions.ts';
import type { Ports } from './ports.ts';

/** What a certificate calls somebody. It is in an item of its own, and in no other; never logged, and erased for good. */

/** Erased with the name: then nobody can tell any more whose hash a credential has. */
const SALT_BYTES = 32;
export const newSalt = (): string => randomBytes(SALT_BYTES).toString('base64url');

/** @throws Problem as `act`, `application-state-conflict` */
export function nameTrainee(
  ports: Ports,
  request: ActionRequest<z.output<typeof applicationRoutes.nameTrainee.body>>,
): Promise<Outcome<Seen>> {
  const { applicationId, body } = request;
  const consentAt = ports.now().toISOString();
  const salt = newSalt();
  return act(
    ports,
    request,
    'nameTrainee',
    (application, { by, now }) => mustStep(application, 'name', now, { by, named: true }),
    {
      write: (creation, [next]) => {
        if (next === undefined) throw new Error('A name is nobody’s');
        const name = { applicationId, displayName: body.displayName, consentAt, salt };
        return ports.applications.changeName(creation, next, name);
      },
    },
  );
}

/** @throws Problem as `act` */
export function eraseName(ports: Ports, request: ActionRequest): Promise<Outcome<Seen>> {
  return act(ports, request, 'eraseTraineeName', erased, {
    write: (creation, next) => ports.applications.eraseNames(creation, next),
    alone: true,
  });
}

/**
 * The name. That another institution than the trainee's is shown it is noted before.
 * @throws Problem `not-found`, `role-not-permitted`
 */
export async function getName(
  ports: Ports,
  permission: Permission,
  applicationId: string,
): Promise<{ readonly name: TraineeName; readonly version: number }> {
  const { application } = await getApplication(ports, permission, applicationId);
  const { institutionId, version } = application;
  const name = await ports.applications.getName(applicationId);
  if (name === undefined) throw notFound();
  const { agent, caller } = permission;
  if (caller.institutionId !== institutionId) {
    const shown = { [institutionId]: [applicationId] };
    const asked = { subjectType: 'application', subject: applicationId } as const;
    await ports.applications.putReading({
      ...{ readingId: ports.newId(), ...asked, at: ports.now().toISOString(), by: agent, shown },
    });
  }
  return { name, version };
}
