/** What the quotas should do, as simply as it can be said: no table, no segments, no retries. */

export type ActionName =
  | 'confirm'
  | 'release'
  | 'cancel'
  | 'arrive'
  | 'complete'
  | 'no-show'
  | 'accept-offer'
  | 'decline-offer'
  | 'withdraw';

type Wanted =
  | { do: 'hold'; grant: number; patient: number; key: number; join: boolean }
  | { do: 'act'; action: ActionName; booking: number; key: number }
  | { do: 'wait'; minutes: number }
  | { do: 'sweep' }
  | { do: 'resize'; grant: number; nominal: number }
  | { do: 'suspend'; grant: number; suspended: boolean };

interface ModelBooking {
  readonly grant: number;
  readonly patient: number;
  readonly key: string;
  readonly join: boolean;
  expiresAt: number;
  status: string;
  offersNotTaken: number;
  readonly doneWith: Map<ActionName, number>;
}

interface ModelGrant {
  nominal: number;
  suspended: boolean;
}

const STEPS: Record<ActionName, readonly [from: readonly string[], to: string]> = {
  confirm: [['held'], 'booked'],
  release: [['held'], 'released'],
  cancel: [['booked'], 'cancelled'],
  arrive: [['booked'], 'in-treatment'],
  complete: [['in-treatment'], 'fulfilled'],
  'no-show': [['booked'], 'noshow'],
  'accept-offer': [['offered'], 'held'],
  'decline-offer': [['offered'], 'waitlisted'],
  withdraw: [['waitlisted', 'offered'], 'withdrawn'],
};
const LIVE = ['held', 'offered', 'booked', 'in-treatment'];
const HOLD_MINUTES = 15;
const OFFER_MINUTES = 48 * 60;
const MOST_OFFERS = 3;
/** Minutes for which an idempotency key of a hold is good, as the API promises. A client makes new ones each day. */
export const KEYS_ARE_GOOD_FOR = 24 * 60;

export class BookingModel {
  readonly #grants: ModelGrant[];
  readonly #bookings: ModelBooking[] = [];
  readonly #capacity: number;
  #minutes = 0;

  constructor(grants: number, nominal: number, capacity: number) {
    this.#grants = Array.from({ length: grants }, () => ({ nominal, suspended: false }));
    this.#capacity = capacity;
  }

  carryOut(wanted: Wanted): string {
    switch (wanted.do) {
      case 'hold':
        return this.#hold(wanted);
      case 'act':
        return this.#act(wanted);
      case 'wait':
        this.#minutes += wanted.minutes;
        return 'waited';
      case 'sweep':
        this.#sweep();
        return 'swept';
      case 'resize':
        return this.#resize(wanted.grant, wanted.nominal);
      case 'suspend':
        this.#grant(wanted.grant).suspended = wanted.suspended;
        this.#promote(wanted.grant);
        return 'updated';
    }
  }

  balances() {
    return this.#grants.map((grant, index) => {
      const count = (status: string) => this.#bookings.filter((b) => b.grant === index && b.status === status).length;
      const committed = this.#committed(index);
      return {
        entitled: grant.nominal,
        committed,
        available: grant.nominal - committed,
        held: count('held') + count('offered'),
        booked: count('booked'),
        inTreatment: count('in-treatment'),
        fulfilled: count('fulfilled'),
        forfeited: count('noshow'),
        holdersEqualCommitted: true,
      };
    });
  }

  #grant(index: number): ModelGrant {
    const grant = this.#grants[index];
    if (grant === undefined) throw new Error(`no grant ${String(index)}`);
    return grant;
  }

  /** A dead hold counts until somebody has come by. */
  #isDead({ status, expiresAt }: ModelBooking): boolean {
    return (status === 'held' || status === 'offered') && expiresAt <= this.#minutes;
  }

  #isLive(booking: ModelBooking): boolean {
    return LIVE.includes(booking.status) && !this.#isDead(booking);
  }

  #sweep(): void {
    for (const index of this.#grants.keys()) {
      const dead = this.#bookings.filter((booking) => booking.grant === index && this.#isDead(booking));
      for (const booking of dead) this.#end(booking);
      this.#promote(index);
    }
  }

  /**
   * Writes down that a hold or an offer is over.
   * @param contender patient for whom a unit is being taken elsewhere at this moment: no offer is made to them meanwhile
   */
  #end(booking: ModelBooking, contender?: number): void {
    if (booking.status === 'offered') this.#notTaken(booking);
    else booking.status = 'expired';
    this.#promote(booking.grant, contender);
  }

  #notTaken(booking: ModelBooking): void {
    booking.offersNotTaken += 1;
    booking.status = booking.offersNotTaken < MOST_OFFERS ? 'waitlisted' : 'withdrawn';
  }

  /** Who waits for a grant, in the order of the line: here all are of one class, and have no deadline. */
  #line(grant: number): ModelBooking[] {
    return this.#bookings
      .filter((booking) => booking.grant === grant && booking.status === 'waitlisted')
      .toSorted((a, b) => a.offersNotTaken - b.offersNotTaken);
  }

  #promote(index: number, contender?: number): void {
    const { nominal, suspended } = this.#grant(index);
    while (!suspended && this.#committed(index) < nominal) {
      const [first] = this.#line(index);
      if (first === undefined || first.patient === contender) return;
      const booked = this.#bookings.some((other) => other.patient === first.patient && this.#isLive(other));
      first.status = booked ? 'withdrawn' : 'offered';
      first.expiresAt = this.#minutes + OFFER_MINUTES;
    }
  }

  #committed(grant: number): number {
    const counting = ['held', 'offered', 'booked', 'in-treatment', 'fulfilled', 'noshow'];
    return this.#bookings.filter((booking) => booking.grant === grant && counting.includes(booking.status)).length;
  }

  #hold(wanted: { grant: number; patient: number; key: number; join: boolean }): string {
    const { grant: index, patient, join } = wanted;
    const key = this.#keyOfToday(wanted);
    const grant = this.#grant(index);
    const earlier = this.#bookings.findIndex((booking) => booking.grant === index && booking.key === key);
    if (earlier >= 0) {
      const { patient: before, join: asked } = this.#bookings[earlier]!;
      return before === patient && asked === join ? `replayed:${String(earlier)}` : 'idempotency-key-reused';
    }
    if (grant.suspended) return 'grant-suspended';
    const mine = this.#bookings.filter((booking) => booking.patient === patient);
    // Free units are offered to those who wait; if nobody does any more, they are anybody's.
    this.#promote(index);
    const isFull = (): boolean => this.#committed(index) >= grant.nominal || this.#line(index).length > 0;
    if (!isFull()) {
      for (const booking of mine) if (this.#isDead(booking)) this.#end(booking, patient);
    }
    const booked = mine.some((booking) => this.#isLive(booking));
    if (isFull()) {
      if (!join) return 'quota-exhausted';
      const waits = mine.some((other) => other.grant === index && ['waitlisted', 'offered'].includes(other.status));
      if (waits) return 'patient-already-waiting';
      if (booked) return 'patient-already-booked';
      this.#add(wanted, 'waitlisted', 0);
      this.#promote(index);
    } else {
      if (booked) return 'patient-already-booked';
      this.#add(wanted, 'held', this.#minutes + HOLD_MINUTES);
    }
    return `held:${String(this.#bookings.length - 1)}`;
  }

  #keyOfToday({ key }: { key: number }): string {
    return `${String(key)} of day ${String(Math.floor(this.#minutes / KEYS_ARE_GOOD_FOR))}`;
  }

  #add(wanted: { grant: number; patient: number; key: number; join: boolean }, status: string, expiresAt: number) {
    const { grant, patient, join } = wanted;
    const key = this.#keyOfToday(wanted);
    this.#bookings.push({ grant, patient, key, join, expiresAt, status, offersNotTaken: 0, doneWith: new Map() });
  }

  #act({ action, booking: index, key }: { action: ActionName; booking: number; key: number }): string {
    const booking = this.#bookings[index];
    if (booking === undefined) return 'no booking';
    if (booking.doneWith.get(action) === key) return `replayed:${booking.status}`;
    const [from, to] = STEPS[action];
    const possible = (): boolean => from.includes(booking.status);
    if (!possible()) return 'booking-state-conflict';
    if (this.#isDead(booking)) {
      const refusal = booking.status === 'offered' ? 'offer-lapsed' : 'hold-expired';
      this.#end(booking);
      if (action !== 'withdraw') return refusal;
      if (!possible()) return 'booking-state-conflict';
    }
    booking.status = to;
    if (action === 'decline-offer') this.#notTaken(booking);
    if (action === 'accept-offer') booking.expiresAt = this.#minutes + HOLD_MINUTES;
    booking.doneWith.set(action, key);
    const done = `done:${booking.status}`;
    this.#promote(booking.grant);
    return done;
  }

  #resize(index: number, nominal: number): string {
    const grant = this.#grant(index);
    if (nominal < this.#committed(index)) return 'nominal-below-committed';
    const others = this.#grants.reduce((sum, other) => sum + other.nominal, 0) - grant.nominal;
    if (others + nominal > this.#capacity) return 'pool-capacity-exceeded';
    grant.nominal = nominal;
    this.#promote(index);
    return 'updated';
  }
}
