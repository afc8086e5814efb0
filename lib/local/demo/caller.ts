import * as z from 'zod/mini';

import type { Hub } from '../hub.ts';
import { DEMO_INSTITUTIONS, type DemoInstitution } from './institutions.ts';

/** Calls the API for the institutions of the demonstration. */

export const Created = z.looseObject({ id: z.string() });

/** Posts as a coordinator of the institution, with the same idempotency key at every start of the same year. */
export async function caller(hub: Hub, alias: string, year: number) {
  const token = await hub.token({ institution: alias, role: 'coordinator' });
  return async (key: string, path: string, body: unknown): Promise<{ id: string }> => {
    const response = await fetch(hub.url + path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': `demo-${String(year)}-${key}`,
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`POST ${path} as ${alias} answered ${String(response.status)}: ${text}`);
    return Created.parse(JSON.parse(text));
  };
}

/** Changes what a coordinator of the institution has made, unless that has been done: nothing else changes it. */
export async function change(hub: Hub, alias: string, path: string, body: unknown): Promise<void> {
  const token = await hub.token({ institution: alias, role: 'coordinator' });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'if-match': '"1"' };
  const response = await fetch(hub.url + path, { method: 'PATCH', headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (response.ok || response.status === 412) return;
  throw new Error(`PATCH ${path} as ${alias} answered ${String(response.status)}: ${text}`);
}

export function institution(alias: string): DemoInstitution {
  const found = DEMO_INSTITUTIONS.find((each) => each.alias === alias);
  if (found === undefined) throw new Error(`There is no demo institution ${alias}.`);
  return found;
}
