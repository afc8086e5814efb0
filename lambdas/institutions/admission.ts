import { activeClients } from './member-operations.ts';
import type { Admission, Ports } from './ports.ts';

/**
 * Makes the gateway admit the clients that the deployment declares and those that are enrolled for an institution that is
 * not shut out, and no others. Compares first, so that it can run again and again.
 * @returns how many clients are admitted, and whether that was a change
 */
export async function admitClients(
  { members, institutions, admission }: Ports & { readonly admission: Admission },
  declared: readonly string[],
): Promise<{ clients: number; changed: boolean }> {
  const [active, shutOut] = await Promise.all([
    activeClients({ members }),
    institutions.shutOut.read({ consistent: true }),
  ]);
  const enrolled = active.filter(({ institutionId }) => !shutOut.has(institutionId)).map(({ id }) => id);
  const wanted = [...new Set([...declared, ...enrolled])].toSorted();
  const admitted = [...(await admission.admitted())].toSorted();
  const changed = wanted.join() !== admitted.join();
  if (changed) await admission.admit(wanted);
  return { clients: wanted.length, changed };
}
