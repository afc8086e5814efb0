import { AccountTable } from '../shared/capacity/account-table.ts';
import type { Item, Key, SingleTable, TransactWrite } from '../shared/dynamo/single-table.ts';
import { accountKey, grantKey, partnerKey } from './keys.ts';
import type { Moved } from './moves.ts';

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
    const closed = grant.status === 'suspended';
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

  activePartner(institutionId: string): TransactWrite {
    return {
      ConditionCheck: {
        TableName: this.#table.name,
        Key: partnerKey(institutionId),
        ConditionExpression: '#status = :active',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':active': 'active' },
      },
    };
  }

  putNew(item: Item & Key): TransactWrite {
    return { Put: { TableName: this.#table.name, Item: item, ConditionExpression: 'attribute_not_exists(pk)' } };
  }
}
