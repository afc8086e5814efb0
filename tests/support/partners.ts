import { PutCommand } from '@aws-sdk/lib-dynamodb';

import { engine, quotasTable } from './hub.ts';

/** What the registry's stream would tell the quotas context of a partner that was suspended. */
export async function suspendPartner(id: string): Promise<void> {
  const client = await engine();
  const Item = { pk: `PARTNER#${id}`, sk: 'PARTNER', status: 'suspended', version: 99 };
  await client.send(new PutCommand({ TableName: await quotasTable(), Item }));
}
