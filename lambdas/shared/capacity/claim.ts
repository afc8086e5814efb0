import type { Reserve } from './account.ts';
import type { AccountKey, AccountTable } from './account-table.ts';
import { type Holder, isLive } from './holder.ts';
import type { LineTable } from './line-table.ts';
import type { Place } from './place.ts';

/**
 * A claim is what a holder stands for: a booking, a seat, a registration, kept by its context as an item of its own.
 *
 * To make a claim the account is written first, so that no claim is without its unit (see `make-claim.ts`). Every later
 * step writes the claim first, because the claim says who won (a confirmation or the expiry), and then settles the
 * account (see `settle.ts`). If the process dies between the two, the client's repetition, the table's stream or the
 * sweep settles it. A claim that waits has no unit; it is offered one as it would make a claim: account first.
 */
export interface Claim {
  readonly id: string;
  /**
   * The segment of its account its unit was taken in; of a claim that waits, the one it was last offered a unit of.
   * A holder with its id in any other segment, or in another account of the same owner, is not its.
   */
  readonly segment?: number;
}

/** Whom a claim is for, and where else that one may have a claim. */
export interface SubjectSearch<C> {
  /** See `subjectKey`. */
  readonly subject: string;
  /** The accounts, its own among them, in which a subject may have one live claim. */
  readonly accountsToSearch: () => Promise<readonly AccountKey[]>;
  /** Equal subject keys are a reason to look, not a proof. */
  readonly isSameSubject: (claim: C) => boolean;
}

/** How a context has its claims wait. */
export interface LineRules<C extends Claim> {
  readonly table: LineTable;
  /** `undefined` when the claim does not wait. */
  readonly placeOf: (claim: C) => Place | undefined;
  /** What it may be offered: which units, or `nothing` when no more are given. */
  readonly mayHave: (claim: C) => Promise<Reserve | 'nothing'>;
  readonly searchFor: (claim: C) => SubjectSearch<C>;
  /** The holder of an offer made now; a greater text than that of any offer before. */
  readonly offerTo: (claim: C) => Holder | Promise<Holder>;
  /** The claim with the offer. */
  readonly offered: (claim: C, holder: Holder, segment: number) => C;
  /** The claim with a new place, once its place has to be looked at again; `undefined` when it has not. */
  readonly reviewed: (claim: C) => C | undefined;
  /** The claim after its subject was found to have another one. */
  readonly dropped: (claim: C) => C;
  /** Where some claims are given units together or not at all. */
  readonly together?: {
    /** The others that are given one with it, while it waits. */
    readonly companionsOf: (claim: C) => Promise<readonly C[]>;
    /** Puts claims in place of the versions before them, all or none. @returns whether they were put */
    readonly putAll: (claims: readonly C[]) => Promise<boolean>;
  };
}

/** What the capacity model needs from a context. */
export interface ClaimStore<C extends Claim> {
  readonly accounts: AccountTable;
  readonly line: LineRules<C>;
  readonly now: () => Date;
  readonly find: (id: string, freshness: { readonly consistent: boolean }) => Promise<C | undefined>;
  /** @returns the claim that has this id already, `undefined` when this one was put */
  readonly putNew: (claim: C) => Promise<C | undefined>;
  /** Puts a claim in place of the version before it. @returns the claim as it is, when that was changed meanwhile */
  readonly putNext: (claim: C) => Promise<C | undefined>;
  readonly accountOf: (claim: C) => AccountKey;
  /** What the account should show; `undefined` when the unit is given back. */
  readonly holderOf: (claim: C) => Holder | undefined;
  /** Of a claim that waits again after an offer: the holder that the offer had, and no later one. */
  readonly spentOfferOf: (claim: C) => Holder | undefined;
  /** The claim as it is after its time was up; `undefined` unless it is held or offered and its time is up. */
  readonly expired: (claim: C, now: Date) => C | undefined;
}

export const secondsOf = (date: Date): number => Math.floor(date.getTime() / 1000);

/** Nobody else may hold a unit for the claim's subject. */
export function isLiveClaim<C extends Claim>(store: ClaimStore<C>, claim: C): boolean {
  const holder = store.holderOf(claim);
  return holder !== undefined && isLive(holder);
}
