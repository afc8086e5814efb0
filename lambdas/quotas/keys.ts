import type { AccountKey } from '../shared/capacity/account-table.ts';
import { familyOf } from '../shared/capacity/holder.ts';
import type { Key } from '../shared/dynamo/single-table.ts';

/**
 * The keys of the quotas table.
 *
 * | item | pk | sk |
 * |---|---|---|
 * | pool | `POOL#<id>` | `POOL` |
 * | grant, its account's segments | `GRANT#<family>` | `GRANT`, `GRANT#SEGMENT#<nn>` |
 * | booking | `GRANT#<family>` | `BOOKING#<id>` |
 * | row of the grant's ledger | `GRANT#<family>` | `LEDGER#<sequence>` |
 * | an institution's pools and grants | `INSTITUTION#<id>` | `POOL#<id>`, `GRANT#GIVEN#<pool>#<id>`, `GRANT#HELD#<service>#<id>` |
 * | loan, transfer | `LOAN#<id>`, `TRANSFER#<id>` | `LOAN`, `TRANSFER` |
 * | a grant's loans | `GRANT#<family>` | `LOAN#<id>` |
 * | an institution's balance with another | `INSTITUTION#<id>` | `LENDING#<other>#<service>` |
 * | grants the sweep visits; those in which nothing can happen any more | `SWEEP`; `RETIRED` | `<grant id>` |
 * | whom a grant's line is joined for | `LINE#GRANT#<family>` | `WAITER#<pseudonym>`; places: see `LineTable` |
 * | agreement, copied | `AGREEMENT#<id>` | `AGREEMENT` |
 * | partners: see `PartnersTable` | `PARTNER#<id>`, `SHUT-OUT` | |
 * | that bookings were shown to another institution than theirs, for 7 days | `READING#<id>` | `READING` |
 * | that somebody was reminded of a deadline, for 7 days | `REMINDER#<booking>` | `REMINDER#<deadline>` |
 * | remembered request | `REQUEST#<digest>` | `REQUEST` |
 * | requests of a busy client: see `requestCounts` | `RATE#<sub>` | `<window>` |
 */

export const SWEEP = 'SWEEP';
export const RETIRED = 'RETIRED';
export const POOLS = 'POOL#';
export const BOOKINGS = 'BOOKING#';

export const poolKey = (poolId: string): Key => ({ pk: `POOL#${poolId}`, sk: 'POOL' });

export const accountKey = (grantId: string): AccountKey => ({
  pk: `GRANT#${familyOf(grantId)}`,
  owner: 'GRANT',
  ownerId: grantId,
});

export function grantKey(grantId: string): Key {
  const { pk, owner } = accountKey(grantId);
  return { pk, sk: owner };
}

/** A grant in the list of those an institution holds. */
export const heldKey = (beneficiaryId: string, service: string, grantId: string): Key => ({
  pk: institutionPartition(beneficiaryId),
  sk: `${grantsPrefix({ institutionId: beneficiaryId, service })}${grantId}`,
});

export const bookingKey = (bookingId: string): Key => ({
  pk: accountKey(bookingId).pk,
  sk: BOOKINGS + bookingId,
});

export const waiterKey = (grantId: string, patient: string): Key => ({
  pk: `LINE#${accountKey(grantId).pk}`,
  sk: `WAITER#${patient}`,
});

export const LOANS = 'LOAN#';
export const LENDING = 'LENDING#';

export const loanKey = (loanId: string): Key => ({ pk: `LOAN#${loanId}`, sk: 'LOAN' });

export const transferKey = (transferId: string): Key => ({ pk: `TRANSFER#${transferId}`, sk: 'TRANSFER' });

/** A loan in the list of one of its two grants. */
export const loanReferenceKey = (grantId: string, loanId: string): Key => ({
  pk: accountKey(grantId).pk,
  sk: LOANS + loanId,
});

/** Where it is kept how an institution stands with another one. */
export const lendingKey = (institutionId: string, other: string, service: string): Key => ({
  pk: institutionPartition(institutionId),
  sk: `${LENDING}${other}#${service}`,
});

/** @param expiresAt the deadline */
export const reminderKey = (bookingId: string, expiresAt: string): Key => ({
  pk: `REMINDER#${bookingId}`,
  sk: `REMINDER#${expiresAt}`,
});
export const readingKey = (readingId: string): Key => ({ pk: `READING#${readingId}`, sk: 'READING' });

/** Where the ledger of a grant lies. */
export const ledgerPartition = (grantId: string): string => accountKey(grantId).pk;

/** The copy of an agreement that grants may be given under. */
export const agreementKey = (agreementId: string): Key => ({ pk: `AGREEMENT#${agreementId}`, sk: 'AGREEMENT' });

export const institutionPartition = (institutionId: string): string => `INSTITUTION#${institutionId}`;

/** Which of an institution's grants: all, those given in a pool, or those held for a service. */
export interface GrantListing {
  readonly institutionId: string;
  readonly poolId?: string;
  readonly service?: string;
}

export function grantsPrefix({ poolId, service }: GrantListing): string {
  if (poolId !== undefined) return `GRANT#GIVEN#${poolId}#`;
  return service === undefined ? 'GRANT#' : `GRANT#HELD#${service}#`;
}
