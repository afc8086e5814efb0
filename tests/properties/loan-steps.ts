/** What sequences about loans, transfers, bookings and the end of the period are made of. */

export type BookingStep = 'confirm' | 'release' | 'cancel' | 'accept-offer' | 'withdraw';

export type Wanted =
  | { do: 'lend'; from: number; to: number; units: number }
  | { do: 'return' | 'recall' | 'write-off'; loan: number; units: number }
  | { do: 'settle'; loan: number }
  | { do: 'transfer'; from: number; to: number; units: number }
  | { do: 'hold'; grant: number; who: 'child' | 'adult' | 'adult-who-waits' }
  | { do: 'act'; action: BookingStep; booking: number }
  | { do: 'resize'; grant: number; nominal: number }
  | { do: 'limit'; grant: number; lending: number; borrowing: number }
  | { do: 'suspend'; grant: number; suspended: boolean };

/** What is said of a grant when it is given. */
export interface Terms {
  readonly reserve: number;
  readonly carryOver?: { readonly percent: number; readonly max: number; readonly days?: number };
}

/** What has run out by the time a period is closed: nothing, offers, or holds, too. */
export type RunOut = 'nothing' | 'offers' | 'holds';
