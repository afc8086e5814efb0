import { environment } from '../shared/environment.ts';
import { logJob } from '../shared/observability/log.ts';
import { admitClients } from './admission.ts';
import { AuthorizerAdmission } from './authorizer-admission.ts';
import { deployedPorts } from './deployed-ports.ts';

const declared = environment('DECLARED_CLIENTS').split(',');
const ports = {
  ...deployedPorts(),
  admission: new AuthorizerAdmission({ ApiId: environment('API_ID'), AuthorizerId: environment('AUTHORIZER_ID') }),
};

/**
 * Makes the gateway admit the declared and the enrolled clients. Runs when a client or the list of who is shut out has
 * changed, and every minute, so that a deployment which writes the authorizer anew locks nobody out for longer. Logs only
 * what it changed.
 * @throws what the gateway or the database threw
 */
export async function handler(): Promise<{ clients: number; changed: boolean }> {
  const outcome = await admitClients(ports, declared);
  if (outcome.changed) logJob('admission', { clients: outcome.clients });
  return outcome;
}
