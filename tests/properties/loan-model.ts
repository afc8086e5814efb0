/** What loans, transfers, cuts and bookings should do to the grants of a pool, as simply as it can be said. */

export type Wanted =
  | { do: 'lend'; from: number; to: number; units: number }
  | { do: 'return' | 'recall' | 'write-off'; loan: number; units: number }
  | { do: 'settle'; loan: number }
  | { do: 'transfer'; from: number; to: number; units: number }
  | { do: 'hold'; grant: number }
  | { do: 'release'; booking: number }
  | { do: 'resize'; grant: number; nominal: number }
  | { do: 'limit'; grant: number; lending: number; borrowing: number }
  | { do: 'suspend'; grant: number; suspended: boolean };

interface ModelGrant {
  nominal: number;
  lendingLimit: number;
  borrowingLimit: number;
  transferred: number;
  committed: number;
  suspended: boolean;
}

interface ModelLoan {
  readonly from: number;
  readonly to: number;
  outstanding: number;
  returned: number;
  status: string;
}

export class LoanModel {
  readonly #grants: ModelGrant[];
  readonly #loans: ModelLoan[] = [];
  readonly #bookings: { readonly grant: number; isLive: boolean }[] = [];
  readonly #capacity: number;

  constructor(grants: number, nominal: number, limit: number, capacity: number) {
    this.#grants = Array.from({ length: grants }, () => ({
      nominal,
      lendingLimit: limit,
      borrowingLimit: limit,
      transferred: 0,
      committed: 0,
      suspended: false,
    }));
    this.#capacity = capacity;
  }

  /** What every grant and loan should show. */
  state() {
    return {
      grants: this.#grants.map(({ committed }, index) => ({
        entitled: this.#entitled(index),
        committed,
        lentOut: this.#lentOut(index),
        borrowedIn: this.#borrowedIn(index),
      })),
      loans: this.#loans.map(({ status, outstanding, returned }) => ({ status, outstanding, returned })),
    };
  }

  carryOut(wanted: Wanted): string {
    switch (wanted.do) {
      case 'lend':
        return this.#lend(wanted);
      case 'transfer':
        return this.#transfer(wanted);
      case 'return':
      case 'recall':
        return this.#giveBack(wanted.loan, wanted.units);
      case 'write-off':
        return this.#keep(wanted.loan, 'written-off');
      case 'settle':
        return this.#settle(wanted.loan);
      case 'hold': {
        const grant = this.#grant(wanted.grant);
        if (grant.suspended) return 'grant-suspended';
        if (grant.committed >= this.#entitled(wanted.grant)) return 'quota-exhausted';
        grant.committed += 1;
        this.#bookings.push({ grant: wanted.grant, isLive: true });
        return 'held';
      }
      case 'release': {
        const booking = this.#bookings[wanted.booking];
        if (booking === undefined) return 'no booking';
        if (!booking.isLive) return 'booking-state-conflict';
        booking.isLive = false;
        this.#grant(booking.grant).committed -= 1;
        return 'released';
      }
      case 'resize':
        return this.#resize(wanted.grant, wanted.nominal);
      case 'limit':
        return this.#limit(wanted);
      case 'suspend':
        this.#grant(wanted.grant).suspended = wanted.suspended;
        return 'updated';
    }
  }

  #grant(index: number): ModelGrant {
    const grant = this.#grants[index];
    if (grant === undefined) throw new Error(`no grant ${String(index)}`);
    return grant;
  }

  #sum(of: (loan: ModelLoan) => boolean): number {
    return this.#loans.reduce((sum, loan) => sum + (of(loan) ? loan.outstanding : 0), 0);
  }

  #lentOut = (index: number): number => this.#sum(({ from }) => from === index);
  #borrowedIn = (index: number): number => this.#sum(({ to }) => to === index);

  #own(index: number): number {
    const { nominal, transferred } = this.#grant(index);
    return nominal + transferred - this.#lentOut(index);
  }

  #entitled = (index: number): number => this.#own(index) + this.#borrowedIn(index);
  #givable = (index: number): number => Math.max(0, this.#own(index) - this.#grant(index).committed);

  #lend({ from, to, units }: { from: number; to: number; units: number }): string {
    const [lender, borrower] = [this.#grant(from), this.#grant(to)];
    if (from === to) return 'loan-to-oneself';
    if (borrower.suspended) return 'grant-suspended';
    if (this.#borrowedIn(to) + units > borrower.borrowingLimit) return 'borrowing-limit-exceeded';
    if (units > lender.lendingLimit) return 'lending-limit-exceeded';
    if (lender.suspended) return this.#refused('grant-suspended', from, to);
    if (this.#lentOut(from) + units > lender.lendingLimit) return this.#refused('lending-limit-exceeded', from, to);
    if (units > this.#givable(from)) return this.#refused('units-not-lendable', from, to);
    this.#loans.push({ from, to, outstanding: units, returned: 0, status: 'active' });
    return 'lent';
  }

  /** The proposal was made, and stays. */
  #refused(code: string, from: number, to: number): string {
    this.#loans.push({ from, to, outstanding: 0, returned: 0, status: 'proposed' });
    return code;
  }

  #transfer({ from, to, units }: { from: number; to: number; units: number }): string {
    if (from === to) return 'transfer-to-itself';
    if (this.#grant(from).suspended || this.#grant(to).suspended) return 'grant-suspended';
    if (units > this.#givable(from)) return 'transfer-below-committed';
    this.#grant(from).transferred -= units;
    this.#grant(to).transferred += units;
    return 'transferred';
  }

  #free = (index: number): number => this.#entitled(index) - this.#grant(index).committed;

  #giveBack(index: number, units: number): string {
    const loan = this.#loans[index];
    if (loan === undefined) return 'no loan';
    if (!['active', 'partly-returned'].includes(loan.status)) return 'loan-state-conflict';
    if (units > loan.outstanding) return 'more-than-outstanding';
    if (units > this.#free(loan.to)) return 'units-committed';
    loan.outstanding -= units;
    loan.returned += units;
    loan.status = loan.outstanding === 0 ? 'returned' : 'partly-returned';
    return loan.status;
  }

  #keep(index: number, status: string): string {
    const loan = this.#loans[index];
    if (loan === undefined) return 'no loan';
    if (!['active', 'partly-returned'].includes(loan.status)) return 'loan-state-conflict';
    this.#grant(loan.from).transferred -= loan.outstanding;
    this.#grant(loan.to).transferred += loan.outstanding;
    loan.outstanding = 0;
    loan.status = status;
    return status;
  }

  #settle(index: number): string {
    const loan = this.#loans[index];
    if (loan === undefined) return 'no loan';
    if (loan.outstanding === 0) return loan.status;
    const free = Math.min(loan.outstanding, this.#free(loan.to));
    if (free > 0) this.#giveBack(index, free);
    return loan.outstanding === 0 ? loan.status : this.#keep(index, 'settled');
  }

  #resize(index: number, nominal: number): string {
    const grant = this.#grant(index);
    const difference = nominal - grant.nominal;
    if (this.#own(index) + difference < 0 || this.#free(index) + difference < 0) return 'too-low';
    const others = this.#grants.reduce((sum, other) => sum + other.nominal, 0) - grant.nominal;
    if (others + nominal > this.#capacity) return 'pool-capacity-exceeded';
    grant.nominal = nominal;
    return 'updated';
  }

  #limit({ grant: index, lending, borrowing }: { grant: number; lending: number; borrowing: number }): string {
    if (lending < this.#lentOut(index) || borrowing < this.#borrowedIn(index)) return 'limit-below-outstanding';
    Object.assign(this.#grant(index), { lendingLimit: lending, borrowingLimit: borrowing });
    return 'updated';
  }
}
