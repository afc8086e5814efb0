import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { DEMO_INSTITUTIONS } from '../../lib/local/demo/institutions.ts';
import { type Hub, startHub } from '../../lib/local/hub.ts';
import { CLIENT_SECRETS, ClientSecrets } from '../../lib/local/issuer/accounts.ts';
import { openStore } from '../../lib/local/store.ts';
import { hubFacts } from '../support/hub.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** A hub of its own, which keeps its clients' secrets where this test can read them. */
let hub: Hub;
const dataDir = mkdtempSync(join(tmpdir(), 'hub-clients-'));
const [{ alias: _, ...institution }] = DEMO_INSTITUTIONS.slice(1, 2) as [(typeof DEMO_INSTITUTIONS)[number]];

beforeAll(async () => {
  const { assembly } = await hubFacts();
  hub = await startHub({ assembly, dataDir, jobs: false });
  await hub.invoke('InstitutionsRegister', { institutions: [institution] });
});
afterAll(async () => {
  await hub.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const account = 'alexandrov.auditor';

async function ask(): Promise<{ status: number; access_token?: string }> {
  const secret = openStore(dataDir).read(CLIENT_SECRETS, ClientSecrets)?.[account] ?? '';
  const response = await fetch(`${hub.url}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${account}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

test('the token endpoint gives what the trigger says, and nothing to who is not enrolled', async () => {
  expect(await ask()).toMatchObject({ status: 400, error: 'invalid_grant' });

  const member = {
    kind: 'person',
    id: account,
    institutionId: institution.id,
    roles: ['commission-member', 'auditor'],
  };
  await hub.invoke('InstitutionsMembers', { action: 'enrol', members: [member] });
  const { access_token: token } = await ask();

  const me = await fetch(`${hub.url}/v1/me`, { headers: { authorization: `Bearer ${String(token)}` } });
  expect(await me.json()).toEqual({
    subject: account,
    clientId: account,
    institutionId: institution.id,
    roles: ['commission-member', 'auditor'],
    scopes: [
      'hub/institutions.read',
      'hub/institutions.members',
      'hub/agreements.read',
      'hub/documents.read',
      'hub/quotas.read',
      'hub/training.read',
      'hub/events.read',
      'hub/audit.read',
      'hub/notifications.read',
    ],
  });
});
