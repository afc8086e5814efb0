import { uuidv7 } from 'uuidv7';

import { entitlementOf } from '../../lambdas/quotas/model.ts';
import { totals } from '../../lambdas/shared/capacity/account.ts';
import type { Answer, Scene } from './scene.ts';

export interface Party {
  readonly institution: string;
  readonly grantId: string;
}

/** Two grants of one pool, and what can be asked for them. */
export class LoanScene {
  readonly scene: Scene;
  readonly lender: Party;
  readonly borrower: Party;

  private constructor(scene: Scene, lender: Party, borrower: Party) {
    this.scene = scene;
    this.lender = lender;
    this.borrower = borrower;
  }

  static async open(scene: Scene, nominal: number): Promise<LoanScene> {
    const provider = uuidv7();
    await scene.world.activate(provider);
    const period = { start: '2026-01-01', end: '2099-12-31', timeZone: 'Europe/Ulyanovsk' };
    const service = 'proton-therapy';
    const pool = await scene.insist(provider, '/v1/pools', { service, period, capacity: 2 * nominal });
    const party = async (): Promise<Party> => {
      const institution = uuidv7();
      await scene.world.activate(institution);
      const body = { beneficiaryId: institution, nominal, lendingLimit: 2000, borrowingLimit: 2000 };
      const grant = await scene.insist(provider, `/v1/pools/${String(pool.body['id'])}/grants`, body);
      return { institution, grantId: String(grant.body['id']) };
    };
    return new LoanScene(scene, await party(), await party());
  }

  /** @returns the loan's id */
  async propose(units: number): Promise<string> {
    const answer = await this.scene.insist(this.borrower.institution, ...this.proposal(units));
    return String(answer.body['id']);
  }

  proposal(units: number): [path: string, body: object] {
    const body = { lendingGrantId: this.lender.grantId, units, dueDate: '2098-01-01' };
    return [`/v1/grants/${this.borrower.grantId}/loans`, body];
  }

  transfer(units: number): [path: string, body: object] {
    const body = { receivingGrantId: this.borrower.grantId, units };
    return [`/v1/grants/${this.lender.grantId}/transfers`, body];
  }

  approve(loanId: string): Promise<Answer> {
    return this.scene.insist(this.lender.institution, `/v1/loans/${loanId}/approve`);
  }

  /** What the database says of both grants and of the balance of their institutions, read past the proxy. */
  async state() {
    const { quotas, loans } = this.scene.world;
    const of = async ({ grantId }: Party) => {
      const found = await quotas.getGrant(grantId, { consistent: true });
      if (found === undefined) throw new Error('A grant is gone');
      const { entitled, committed } = totals(found.account);
      const { lentOut, borrowedIn, transferredIn, transferredOut } = found.grant.adjustments;
      return {
        entitled,
        committed,
        lentOut,
        borrowedIn,
        transferredIn,
        transferredOut,
        isWhole: entitled === entitlementOf(found.grant),
      };
    };
    const { balances } = await loans.listBalances(this.lender.institution, 10);
    return { lender: await of(this.lender), borrower: await of(this.borrower), lent: balances[0]?.lent ?? 0 };
  }

  /** The loans of the lending grant: how many, and what is outstanding of all of them. */
  async loans() {
    const { entries } = await this.scene.world.loans.listLoans(this.lender.grantId, 1000);
    const all = await Promise.all(entries.map(({ id }) => this.scene.world.loans.getLoan(id)));
    return { count: all.length, outstanding: all.reduce((sum, loan) => sum + (loan?.outstanding ?? 0), 0) };
  }
}
