import type { BookingStep, RunOut, Terms, Wanted } from './loan-steps.ts';

/** What loans, transfers, cuts, bookings and the end of the period should do to a pool's grants, as simply as it can be said. */

type Do<T extends Wanted['do']> = Extract<Wanted, { do: T }>;

interface ModelGrant extends Terms {
  nominal: number;
  lendingLimit: number;
  borrowingLimit: number;
  transferred: number;
  suspended: boolean;
  reserve: number;
  carriedOut: number;
  expired: number;
}

interface ModelLoan {
  readonly from: number;
  readonly to: number;
  outstanding: number;
  returned: number;
  status: string;
}

interface ModelBooking {
  readonly grant: number;
  readonly isReserved: boolean;
  status: string;
}

const STEPS: Record<BookingStep, readonly [from: readonly string[], to: string]> = {
  confirm: [['held'], 'booked'],
  release: [['held'], 'released'],
  cancel: [['booked'], 'cancelled'],
  'accept-offer': [['offered'], 'held'],
  withdraw: [['waitlisted', 'offered'], 'withdrawn'],
};
const WITH_UNIT = ['held', 'offered', 'booked'];
const OUT = ['active', 'partly-returned'];

export class LoanModel {
  readonly #grants: ModelGrant[];
  readonly #loans: ModelLoan[] = [];
  readonly #bookings: ModelBooking[] = [];
  readonly #capacity: number;
  #isClosed = false;

  constructor(terms: readonly Terms[], nominal: number, limit: number, capacity: number) {
    const limits = { lendingLimit: limit, borrowingLimit: limit };
    const nothingYet = { transferred: 0, suspended: false, carriedOut: 0, expired: 0 };
    this.#grants = terms.map((each) => ({ ...each, nominal, ...limits, ...nothingYet }));
    this.#capacity = capacity;
  }

  /** What every grant, loan and booking should show. */
  state() {
    return {
      grants: this.#grants.map(({ reserve, carriedOut, expired }, index) => ({
        entitled: this.#entitled(index),
        committed: this.#committed(index),
        lentOut: this.#lentOut(index),
        borrowedIn: this.#borrowedIn(index),
        reserve,
        carriedOut,
        expired,
      })),
      loans: this.#loans.map(({ status, outstanding, returned }) => ({ status, outstanding, returned })),
      bookings: this.#bookings.map(({ status }) => status),
    };
  }

  carryOut(wanted: Wanted): string {
    const outcome = this.#do(wanted);
    for (const index of this.#grants.keys()) this.#offer(index);
    return outcome;
  }

  /** Ends the period. @returns what that does to each grant */
  close(runOut: RunOut) {
    this.#isClosed = true;
    const counts = this.#grants.map((_, index) => ({
      holdsReleased: this.#end(index, ['held'], runOut === 'holds' ? 'expired' : 'released'),
      waitingWithdrawn: this.#end(index, ['waitlisted', 'offered'], 'withdrawn'),
      lentReturned: 0,
      lentKept: 0,
      borrowedReturned: 0,
      borrowedKept: 0,
    }));
    for (const [index, loan] of this.#loans.entries()) {
      const { outstanding, returned } = loan;
      this.#settle(index);
      const back = loan.returned - returned;
      counts[loan.from]!.lentReturned += back;
      counts[loan.from]!.lentKept += outstanding - back;
      counts[loan.to]!.borrowedReturned += back;
      counts[loan.to]!.borrowedKept += outstanding - back;
    }
    return counts.map((count, index) => {
      const grant = this.#grant(index);
      const committed = this.#committed(index);
      const unused = this.#entitled(index) - committed;
      const { percent, max } = grant.carryOver ?? { percent: 0, max: 0 };
      const carriedOut = Math.min(max, Math.floor((unused * percent) / 100));
      const expired = unused - carriedOut;
      Object.assign(grant, { carriedOut, expired, reserve: this.#committed(index, true) });
      return { ...count, holdsReleased: runOut === 'holds' ? 0 : count.holdsReleased, committed, carriedOut, expired };
    });
  }

  #do(wanted: Wanted): string {
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
      case 'hold':
        return this.#hold(wanted);
      case 'act':
        return this.#act(wanted);
      case 'resize':
      case 'limit':
      case 'suspend':
        return this.#isClosed ? 'period-closed' : this.#update(wanted);
    }
  }

  #grant(index: number): ModelGrant {
    const grant = this.#grants[index];
    if (grant === undefined) throw new Error(`no grant ${String(index)}`);
    return grant;
  }

  #outstanding(side: 'from' | 'to', index: number): number {
    return this.#loans.reduce((sum, loan) => sum + (loan[side] === index ? loan.outstanding : 0), 0);
  }

  #lentOut = (index: number): number => this.#outstanding('from', index);
  #borrowedIn = (index: number): number => this.#outstanding('to', index);

  #own(index: number): number {
    const { nominal, transferred, carriedOut, expired } = this.#grant(index);
    return nominal + transferred - this.#lentOut(index) - carriedOut - expired;
  }

  #entitled = (index: number): number => this.#own(index) + this.#borrowedIn(index);

  #bookingsOf(index: number, statuses: readonly string[]): ModelBooking[] {
    return this.#bookings.filter(({ grant, status }) => grant === index && statuses.includes(status));
  }

  /** @param reserved only those kept for children, or only the others */
  #committed(index: number, reserved?: boolean): number {
    const all = this.#bookingsOf(index, WITH_UNIT);
    return all.filter(({ isReserved }) => reserved === undefined || isReserved === reserved).length;
  }

  /** Units that nobody has and everybody may have. */
  #free = (index: number): number => this.#entitled(index) - this.#grant(index).reserve - this.#committed(index, false);

  #givable(index: number): number {
    return Math.max(0, Math.min(this.#own(index) - this.#committed(index), this.#free(index)));
  }

  /** Who waits here is no child: only units that are not kept are offered. */
  #offer(index: number): void {
    if (this.#isClosed || this.#grant(index).suspended) return;
    for (const next of this.#bookingsOf(index, ['waitlisted'])) if (this.#free(index) > 0) next.status = 'offered';
  }

  /** @returns how many that were */
  #end(index: number, from: readonly string[], to: string): number {
    const ended = this.#bookingsOf(index, from);
    for (const booking of ended) booking.status = to;
    return ended.length;
  }

  #hold({ grant: index, who }: Do<'hold'>): string {
    const grant = this.#grant(index);
    if (this.#isClosed) return 'outside-period';
    if (grant.suspended) return 'grant-suspended';
    const isReserved = who === 'child' && this.#committed(index, true) < grant.reserve;
    const isOut = this.#bookingsOf(index, ['waitlisted']).length > 0 || !(isReserved || this.#free(index) > 0);
    if (isOut && who !== 'adult-who-waits') return 'quota-exhausted';
    const status = isOut ? 'waitlisted' : 'held';
    this.#bookings.push({ grant: index, isReserved, status });
    return status;
  }

  #act({ action, booking: index }: Do<'act'>): string {
    const booking = this.#bookings[index];
    if (booking === undefined) return 'no booking';
    const [from, to] = STEPS[action];
    if (!from.includes(booking.status)) return 'booking-state-conflict';
    booking.status = to;
    return to;
  }

  #lend({ from, to, units }: Do<'lend'>): string {
    const [lender, borrower] = [this.#grant(from), this.#grant(to)];
    if (from === to) return 'loan-to-oneself';
    if (this.#isClosed) return 'due-date-past';
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

  #transfer({ from, to, units }: Do<'transfer'>): string {
    if (from === to) return 'transfer-to-itself';
    if (this.#isClosed) return 'outside-period';
    if (this.#grant(from).suspended || this.#grant(to).suspended) return 'grant-suspended';
    if (units > this.#givable(from)) return 'transfer-below-committed';
    this.#grant(from).transferred -= units;
    this.#grant(to).transferred += units;
    return 'transferred';
  }

  #giveBack(index: number, units: number): string {
    const loan = this.#loans[index];
    if (loan === undefined) return 'no loan';
    if (!OUT.includes(loan.status)) return 'loan-state-conflict';
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
    if (!OUT.includes(loan.status)) return 'loan-state-conflict';
    this.#grant(loan.from).transferred -= loan.outstanding;
    this.#grant(loan.to).transferred += loan.outstanding;
    Object.assign(loan, { outstanding: 0, status });
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

  #update(wanted: Do<'resize' | 'limit' | 'suspend'>): string {
    const grant = this.#grant(wanted.grant);
    if (wanted.do === 'resize') return this.#resize(wanted);
    if (wanted.do === 'suspend') {
      grant.suspended = wanted.suspended;
      return 'updated';
    }
    const { grant: index, lending, borrowing } = wanted;
    if (lending < this.#lentOut(index) || borrowing < this.#borrowedIn(index)) return 'limit-below-outstanding';
    Object.assign(grant, { lendingLimit: lending, borrowingLimit: borrowing });
    return 'updated';
  }

  #resize({ grant: index, nominal }: Do<'resize'>): string {
    const grant = this.#grant(index);
    const difference = nominal - grant.nominal;
    if (this.#own(index) + difference < 0 || this.#free(index) + difference < 0) return 'too-low';
    const others = this.#grants.reduce((sum, other) => sum + other.nominal, 0) - grant.nominal;
    if (others + nominal > this.#capacity) return 'pool-capacity-exceeded';
    grant.nominal = nominal;
    return 'updated';
  }
}
