import type { Account } from '../shared/capacity/account.ts';
import type { ChainFault } from '../shared/chain/chain.ts';
import type { Booking, Grant } from './model.ts';

/** What an audit of a grant looks at, and what it can find. Pure. */

/** Read in this order, so that whatever changes meanwhile is young where it is read. */
export interface GrantRecords {
  /** As they are stored. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly grant: Grant;
  readonly account: Account;
  /** Segments of the account that cannot be read. */
  readonly unreadable: number;
  readonly bookings: readonly Booking[];
}

export type FindingKind =
  | ChainFault['kind']
  | 'unreadable'
  | 'wrong-balance'
  | 'version-without-row'
  | 'version-with-two-rows'
  | 'row-without-version'
  | 'row-of-another'
  | 'row-differs-from-version'
  | 'grant-differs-from-ledger'
  | 'booking-differs-from-ledger'
  | 'account-differs-from-grant'
  | 'account-differs-from-booking'
  | 'holder-without-booking'
  | 'segment-miscounted'
  | 'segment-unreadable';

export interface Finding {
  readonly kind: FindingKind;
  /** Which row, grant, booking or segment. */
  readonly about: string;
  /** It is about a change so young that its other half may still be under way. */
  readonly young: boolean;
}

export type IsYoung = (at: string | number, within?: number) => boolean;
