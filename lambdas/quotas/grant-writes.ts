import { AccountTable } from '../shared/capacity/account-table.ts';
import type { Item, Key, SingleTable, TransactWrite } from '../shared/dynamo/single-table.ts';
import { accountKey, agreementKey, grantKey, poolKey } from './keys.ts';
import type { Moved } from './moves.ts';

/** What DynamoDB writes in one transaction. */
export const MAX_WRITES = 100;

/** Parts of the transactions that change how much somebody has. */
export class GrantWrites {
  readonly #table: SingleTable;
  readonly #accounts: AccountTable;

  constructor(table: SingleTable) {
    this.#table = table;
    this.#accounts = new AccountTable(table);
  }

  /** Puts a grant in place of the version before it. */
  replaceGrant({ grant }: Pick<Moved, 'grant'>): TransactWrite {
    return this.replace({ ...grantKey(grant.id), ...grant }, grant.version - 1);
  }

  /** Gives the segments of a grant's account their new shares. */
  resizeAccount({ grant, segments }: Moved): TransactWrite[] {
    const closed = grant.status !== 'active';
    return segments.map((change) => this.#accounts.resizeWrite(accountKey(grant.id), change, closed));
  }

  replace(item: Item & Key, seen: number): TransactWrite {
    return {
      Put: {
        TableName: this.#table.name,
        Item: item,
        ConditionExpression: 'version = :seen',
        ExpressionAttributeValues: { ':seen': seen },
      },
    };
  }

  /** Takes units of a pool out of what is unallocated, as long as it is open; gives back when negative. */
  allocation(poolId: string, units: number): TransactWrite {
    return {
      Update: {
        TableName: this.#table.name,
        Key: poolKey(poolId),
        UpdateExpression: 'SET unallocated = unallocated - :units',
        ConditionExpression: 'unallocated >= :units AND (attribute_not_exists(#status) OR #status = :open)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':units': units, ':open': 'open' },
      },
    };
  }

  /** Gives units back to a pool, whether it is open or not. */
  freed(poolId: string, units: number): TransactWrite {
    return {
      Update: {
        TableName: this.#table.name,
        Key: poolKey(poolId),
        UpdateExpression: 'SET unallocated = unallocated + :units',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':units': units },
      },
    };
  }

  /** An agreement is still as it was when it was looked at. */
  unchangedAgreement(agreementId: string, seen: number): TransactWrite {
    return {
      ConditionCheck: {
        TableName: this.#table.name,
        Key: agreementKey(agreementId),
        ConditionExpression: 'version = :seen',
        ExpressionAttributeValues: { ':seen': seen },
      },
    };
  }

  putNew(item: Item & Key): TransactWrite {
    return { Put: { TableName: this.#table.name, Item: item, ConditionExpression: 'attribute_not_exists(pk)' } };
  }
}
