import { PutCommand } from '@aws-sdk/lib-dynamodb';

import { engine, hubFacts } from './hub.ts';

/** What the registry's stream would tell the other contexts of a partner that was suspended. */
export async function suspendPartner(id: string): Promise<void> {
  const client = await engine();
  const { agreements, quotas, training, events, documents } = (await hubFacts()).tables;
  const Item = { pk: `PARTNER#${id}`, sk: 'PARTNER', status: 'suspended', version: 99 };
  for (const TableName of [agreements, quotas, training, events, documents])
    await client.send(new PutCommand({ TableName, Item }));
}
