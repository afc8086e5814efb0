import * as z from 'zod/mini';

import { logJob } from '../shared/observability/log.ts';
import { deployedPorts } from './deployed-ports.ts';
import { registerInstitutions } from './operations.ts';
import { Institution } from './registry-contract.ts';

const { status: _, createdAt: __, updatedAt: ___, ...registration } = Institution.shape;
const RegisterEvent = z.strictObject({ institutions: z.array(z.strictObject(registration)) });

const ports = deployedPorts();

/**
 * Registers partners. Invoked by an admin with the list of them; repeating it changes nothing.
 * @throws ZodError when an institution is not described as the API shows it; Problem `unknown-region`
 */
export async function handler(event: unknown): Promise<{ registered: number }> {
  const { institutions } = RegisterEvent.parse(event);
  const registered = await registerInstitutions(ports, institutions);
  logJob('register', { given: institutions.length, registered });
  return { registered };
}
