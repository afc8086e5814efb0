import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';

import type { Hub } from '../../lib/local/hub.ts';
import { StreamReader } from '../../lib/local/triggers/stream-reader.ts';
import { streamRecord } from '../../lib/local/triggers/stream-record.ts';

/** Hands what has happened since the last time to the job that keeps the ledgers, in a hub that runs no jobs by itself. */
export class LedgerWriter {
  readonly #hub: Hub;
  readonly #database: DynamoDBClient;
  readonly #streams: DynamoDBStreamsClient;
  #reader: StreamReader | undefined;

  constructor(hub: Hub) {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const config = { endpoint: hub.dynamodbEndpoint, region: 'eu-central-1', credentials };
    this.#hub = hub;
    this.#database = new DynamoDBClient(config);
    this.#streams = new DynamoDBStreamsClient(config);
  }

  async write(): Promise<void> {
    this.#reader ??= await this.#open();
    for (let idle = false; !idle; ) {
      idle = true;
      for await (const { records, close } of this.#reader.read(100)) {
        const told = records.map((record) => streamRecord(record, 'stream', 'local'));
        const Records = told.filter(isAboutAGrant);
        if (Records.length > 0) await this.#hub.invoke('QuotasLedger', { Records });
        close?.();
        idle = false;
      }
    }
  }

  close(): void {
    this.#database.destroy();
    this.#streams.destroy();
  }

  async #open(): Promise<StreamReader> {
    const TableName = this.#hub.tableName('Quotas');
    const { Table } = await this.#database.send(new DescribeTableCommand({ TableName }));
    return new StreamReader({
      client: this.#streams,
      streamArn: Table?.LatestStreamArn ?? '',
      startingPosition: 'TRIM_HORIZON',
      position: {},
    });
  }
}

/** As the job's filter says. */
function isAboutAGrant(record: Readonly<Record<string, unknown>>): boolean {
  const { dynamodb } = record as { dynamodb: { Keys: { sk: { S: string } } } };
  return /^(?:GRANT$|BOOKING#)/.test(dynamodb.Keys.sk.S);
}
