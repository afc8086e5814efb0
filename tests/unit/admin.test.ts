import { expect, test } from 'vitest';

import { COMMANDS, type Flags } from '../../lib/admin/commands.ts';
import { register } from '../../lib/admin/members.ts';

/** What an administrator wrote is looked at before anything is asked of AWS. */

test.each<[string, Flags, string]>([
  ['first-admin', {}, 'Write --email'],
  ['first-admin', { email: 'anna' }, 'Write --email'],
  ['person', { email: 'anna@example.org' }, 'Write --role, one of hub-admin'],
  ['person', { email: 'anna@example.org', role: ['auditor', 'superuser'] }, 'Write --role'],
  ['onboard', { role: [] }, 'Write --role'],
  ['clients', { stage: 'test' }, '--stage test: cdk.json knows dev and prod'],
])('%s %j is told what to write', async (command, flags, message) => {
  await expect(COMMANDS[command]?.(flags)).rejects.toThrow(message);
});

test('an institution that is not described as needed is refused, field by field', async () => {
  const hub = { invoke: () => Promise.reject(new Error('must not be asked')) };
  const refused = register(hub, { id: 'bishkek', country: 'Kyrgyzstan', name: {} });
  await expect(refused).rejects.toThrow(/ {2}id: Invalid UUID\n.* {2}kind: .*\n/s);
});
