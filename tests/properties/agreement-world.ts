import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { uuidv7 } from 'uuidv7';

import { AgreementsTable } from '../../lambdas/agreements/agreements-table.ts';
import type { Ports } from '../../lambdas/agreements/ports.ts';
import { PartnersTable } from '../../lambdas/institutions/published-partners.ts';
import { SingleTable } from '../../lambdas/shared/dynamo/single-table.ts';
import type { Hub } from '../../lib/local/hub.ts';

/** The operations on agreements in this process, on the hub's engine, with a clock that only the test moves. */
export class AgreementWorld implements Ports {
  readonly agreements: AgreementsTable;
  readonly newId = uuidv7;
  readonly #client: DynamoDBClient;
  readonly #partners: PartnersTable;
  #now: number;

  constructor(hub: Hub, startsAt: string) {
    this.#client = new DynamoDBClient({
      endpoint: hub.dynamodbEndpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 3,
    });
    const documents = DynamoDBDocumentClient.from(this.#client, { marshallOptions: { removeUndefinedValues: true } });
    const table = new SingleTable(documents, hub.tableName('Agreements'));
    this.agreements = new AgreementsTable(table);
    this.#partners = new PartnersTable(table);
    this.#now = Date.parse(startsAt);
  }

  readonly now = (): Date => new Date(this.#now);

  advance(hours: number): void {
    this.#now += hours * 3_600_000;
  }

  /** What the registry's stream would tell the agreements context. */
  async registerPartners(...ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.#partners.put({ id, status: 'active', version: 1 });
  }

  close(): void {
    this.#client.destroy();
  }
}
