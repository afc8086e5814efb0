import * as z from 'zod/mini';

import { PartnersTable } from '../institutions/published-partners.ts';
import { Agent } from '../shared/auth/agent.ts';
import { type Creation, createOnce, type Earlier, findEarlier } from '../shared/dynamo/create-once.ts';
import type { IdPage, SingleTable, TransactWrite } from '../shared/dynamo/single-table.ts';
import { GrantWrites, MAX_WRITES } from './grant-writes.ts';
import {
  accountKey,
  institutionPartition,
  LENDING,
  LOANS,
  lendingKey,
  loanKey,
  loanReferenceKey,
  transferKey,
} from './keys.ts';
import { LoanBalance as LoanBalanceShape, Loan as LoanShape, Transfer as TransferShape } from './loan-contract.ts';
import { deltasOf, type Loan, type LoanBalance, type Movement, type Transfer } from './loan-model.ts';
import type { Moved } from './moves.ts';

/** Loans, transfers and balances between institutions; each change is one transaction with both grants and accounts. */

const stamp = { version: z.int(), by: Agent };
const LoanItem = z.object({ ...LoanShape.shape, ...stamp });
const TransferItem = z.object({ ...TransferShape.shape, ...stamp });
const LoanReference = z.object({ sk: z.string(), loanId: z.string() });
const { balance: _, ...balanceShape } = LoanBalanceShape.shape;
const BalanceItem = z.object({ sk: z.string(), ...balanceShape });

export type MoveOutcome =
  | Earlier
  | { readonly kind: 'created' | 'partner-not-active' | 'too-many' }
  /** A grant, an account or the loan is not as it was read. */
  | { readonly kind: 'moved-on' };

/** A step of a loan with all that follows from it. */
export interface LoanChange {
  /** The loan's next version. */
  readonly loan: Loan;
  readonly movement?: {
    readonly of: Movement;
    readonly lending: Moved;
    readonly borrowing: Moved;
  };
}

export class LoanTable {
  readonly #table: SingleTable;
  readonly #writes: GrantWrites;
  readonly #partners: PartnersTable;

  constructor(table: SingleTable) {
    this.#table = table;
    this.#writes = new GrantWrites(table);
    this.#partners = new PartnersTable(table);
  }

  async getLoan(loanId: string): Promise<Loan | undefined> {
    const item = await this.#table.get(loanKey(loanId), { consistent: true });
    return item === undefined ? undefined : LoanItem.parse(item);
  }

  async listLoans(grantId: string, limit: number, after?: string): Promise<IdPage> {
    const { items, next } = await this.#table.list(accountKey(grantId).pk, LOANS, limit, after);
    const entries = items.map((item) => LoanReference.parse(item));
    return { entries: entries.map(({ sk, loanId }) => ({ id: loanId, position: sk })), next };
  }

  /** The ids of all loans of a grant, as of now. */
  async allLoans(grantId: string): Promise<string[]> {
    const items = await this.#table.listAll(accountKey(grantId).pk, LOANS, { consistent: true });
    return items.map((item) => LoanReference.parse(item).loanId);
  }

  async listBalances(
    institutionId: string,
    limit: number,
    after?: string,
  ): Promise<{ readonly balances: readonly LoanBalance[]; readonly next: string | undefined }> {
    const { items, next } = await this.#table.list(institutionPartition(institutionId), LENDING, limit, after);
    const balances = items.map((item) => {
      const { sk: __, ...balance } = BalanceItem.parse(item);
      return balance;
    });
    return { balances, next };
  }

  async getTransfer(transferId: string): Promise<Transfer | undefined> {
    const item = await this.#table.get(transferKey(transferId), { consistent: true });
    return item === undefined ? undefined : TransferItem.parse(item);
  }

  /** What an earlier attempt of a request has done. */
  findEarlier(creation: Creation): Promise<Earlier | undefined> {
    return findEarlier(this.#table, creation);
  }

  createLoan(creation: Creation, loan: Loan): Promise<MoveOutcome> {
    const reference = { loanId: loan.id };
    return this.#once(creation, [
      this.#writes.putNew({ ...loanKey(loan.id), ...loan }),
      this.#writes.putNew({ ...loanReferenceKey(loan.lendingGrantId, loan.id), ...reference }),
      this.#writes.putNew({ ...loanReferenceKey(loan.borrowingGrantId, loan.id), ...reference }),
    ]);
  }

  /** Puts a loan in place of the version before it, with the grants, accounts and balances that follow. */
  changeLoan(creation: Creation, { loan, movement }: LoanChange): Promise<MoveOutcome> {
    const replacement = this.#writes.replace({ ...loanKey(loan.id), ...loan }, loan.version - 1);
    if (movement === undefined) return this.#once(creation, [replacement]);
    const { of, lending, borrowing } = movement;
    const { outstanding, settled } = deltasOf(of);
    const { lenderId, borrowerId, service } = loan;
    const lent = { lent: outstanding, borrowed: 0, settledLent: settled, settledBorrowed: 0 };
    const borrowed = { lent: 0, borrowed: outstanding, settledLent: 0, settledBorrowed: settled };
    const writes = [
      replacement,
      ...this.#move(lending, borrowing),
      this.#addToBalance(lenderId, { institutionId: borrowerId, service, ...lent }),
      this.#addToBalance(borrowerId, { institutionId: lenderId, service, ...borrowed }),
    ];
    return this.#once(creation, writes, of.kind === 'lend' ? borrowerId : undefined);
  }

  createTransfer(creation: Creation, transfer: Transfer, giving: Moved, receiving: Moved): Promise<MoveOutcome> {
    const writes = [
      this.#writes.putNew({ ...transferKey(transfer.id), ...transfer }),
      ...this.#move(giving, receiving),
    ];
    return this.#once(creation, writes, transfer.receiverId);
  }

  /** @param receiver who has to be an active partner */
  async #once(creation: Creation, writes: readonly TransactWrite[], receiver?: string): Promise<MoveOutcome> {
    const check = receiver === undefined ? [] : [this.#partners.isActive(receiver)];
    const all = [...check, ...writes];
    // One more is the memory of the request.
    if (all.length >= MAX_WRITES) return { kind: 'too-many' };
    const outcome = await createOnce(this.#table, creation, all);
    if (outcome.kind !== 'refused') return outcome;
    return { kind: check.length > 0 && outcome.positions.includes(0) ? 'partner-not-active' : 'moved-on' };
  }

  #move(from: Moved, to: Moved): TransactWrite[] {
    return [from, to].flatMap((side) => [this.#writes.replaceGrant(side), ...this.#writes.resizeAccount(side)]);
  }

  #addToBalance(ownerId: string, { institutionId, service, ...counts }: LoanBalance): TransactWrite {
    const { lent, borrowed, settledLent, settledBorrowed } = counts;
    return {
      Update: {
        TableName: this.#table.name,
        Key: lendingKey(ownerId, institutionId, service),
        UpdateExpression:
          'SET institutionId = :other, #service = :service ' +
          'ADD lent :lent, borrowed :borrowed, settledLent :settledLent, settledBorrowed :settledBorrowed',
        ExpressionAttributeNames: { '#service': 'service' },
        ExpressionAttributeValues: {
          ':other': institutionId,
          ':service': service,
          ':lent': lent,
          ':borrowed': borrowed,
          ':settledLent': settledLent,
          ':settledBorrowed': settledBorrowed,
        },
      },
    };
  }
}
