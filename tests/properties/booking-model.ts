/** What the quotas should do, as simply as it can be said: no table, no segments, no retries. */

export type ActionName = 'confirm' | 'release' | 'cancel' | 'arrive' | 'complete' | 'no-show';

type Wanted =
  | { do: 'hold'; grant: number; patient: number; key: number }
  | { do: 'act'; action: ActionName; booking: number; key: number }
  | { do: 'wait'; minutes: number }
  | { do: 'sweep' }
  | { do: 'resize'; grant: number; nominal: number }
  | { do: 'suspend'; grant: number; suspended: boolean };

interface ModelBooking {
  readonly grant: number;
  readonly patient: number;
  readonly key: number;
  readonly expiresAt: number;
  status: string;
  readonly doneWith: Map<ActionName, number>;
}

interface ModelGrant {
  nominal: number;
  suspended: boolean;
}

const STEPS: Record<ActionName, readonly [from: string, to: string]> = {
  confirm: ['held', 'booked'],
  release: ['held', 'released'],
  cancel: ['booked', 'cancelled'],
  arrive: ['booked', 'in-treatment'],
  complete: ['in-treatment', 'fulfilled'],
  'no-show': ['booked', 'noshow'],
};
const HOLD_MINUTES = 15;

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
        for (const booking of this.#bookings) if (this.#isDead(booking)) booking.status = 'expired';
        return 'swept';
      case 'resize':
        return this.#resize(wanted.grant, wanted.nominal);
      case 'suspend':
        this.#grant(wanted.grant).suspended = wanted.suspended;
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
        held: count('held'),
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
    return status === 'held' && expiresAt <= this.#minutes;
  }

  #committed(grant: number): number {
    const counting = ['held', 'booked', 'in-treatment', 'fulfilled', 'noshow'];
    return this.#bookings.filter((booking) => booking.grant === grant && counting.includes(booking.status)).length;
  }

  #hold({ grant: index, patient, key }: { grant: number; patient: number; key: number }): string {
    const grant = this.#grant(index);
    const earlier = this.#bookings.findIndex((booking) => booking.grant === index && booking.key === key);
    if (earlier >= 0) {
      return this.#bookings[earlier]?.patient === patient ? `replayed:${String(earlier)}` : 'idempotency-key-reused';
    }
    if (grant.suspended) return 'grant-suspended';
    if (this.#committed(index) >= grant.nominal) return 'quota-exhausted';
    const mine = this.#bookings.filter((booking) => booking.patient === patient);
    for (const booking of mine) if (this.#isDead(booking)) booking.status = 'expired';
    if (mine.some(({ status }) => ['held', 'booked', 'in-treatment'].includes(status))) return 'patient-already-booked';
    const expiresAt = this.#minutes + HOLD_MINUTES;
    this.#bookings.push({ grant: index, patient, key, expiresAt, status: 'held', doneWith: new Map() });
    return `held:${String(this.#bookings.length - 1)}`;
  }

  #act({ action, booking: index, key }: { action: ActionName; booking: number; key: number }): string {
    const booking = this.#bookings[index];
    if (booking === undefined) return 'no booking';
    if (booking.doneWith.get(action) === key) return `replayed:${booking.status}`;
    const [from, to] = STEPS[action];
    if (booking.status !== from) return 'booking-state-conflict';
    if (this.#isDead(booking)) {
      booking.status = 'expired';
      return 'hold-expired';
    }
    booking.status = to;
    booking.doneWith.set(action, key);
    return `done:${to}`;
  }

  #resize(index: number, nominal: number): string {
    const grant = this.#grant(index);
    if (nominal < this.#committed(index)) return 'nominal-below-committed';
    const others = this.#grants.reduce((sum, other) => sum + other.nominal, 0) - grant.nominal;
    if (others + nominal > this.#capacity) return 'pool-capacity-exceeded';
    grant.nominal = nominal;
    return 'updated';
  }
}
