import type { AccountKey } from '../shared/capacity/account-table.ts';
import { familyOf } from '../shared/capacity/holder.ts';
import type { Key } from '../shared/dynamo/single-table.ts';

/**
 * The keys of the training table.
 *
 * | item | pk | sk |
 * |---|---|---|
 * | programme | `PROGRAMME#<id>` | `PROGRAMME` |
 * | its cohorts: all, and those that partners see | `PROGRAMME#<id>` | `COHORT#<id>`, `SHOWN#<id>` |
 * | programmes that partners see | `PUBLISHED` | `<id>` |
 * | an institution's programmes, and its applications | `INSTITUTION#<id>` | `PROGRAMME#<id>`, `APPLICATION#<cohort>#<id>` |
 * | cohort, its account's segments | `COHORT#<family>` | `COHORT`, `COHORT#SEGMENT#<nn>` |
 * | application | `COHORT#<family>` | `APPLICATION#<id>` |
 * | who is applied for | `COHORT#<family>` | `NOMINEE#<institution>#<pseudonym>` |
 * | whom a nominee is confirmed for | `PERSON#<institution>#<pseudonym>` | `PERSON` |
 * | budget, travel grant | `COHORT#<family>` | `BUDGET#<id>`, `TRAVEL-GRANT#<id>` |
 * | the last travel grant for an application | `COHORT#<family>` | `TRAVELLER#<application>` |
 * | an institution's travel grants | `INSTITUTION#<id>` | `TRAVEL-GRANT#<cohort>#<id>` |
 * | places in a cohort's line: see `LineTable` | `LINE#COHORT#<family>` | `FOR#<institution>#<rank>#<id>` |
 * | what a certificate calls somebody | `NAME#<application or registration>` | `NAME` |
 * | credential | `CREDENTIAL#<id>` | `CREDENTIAL` |
 * | the last credential of an application, or of a registration for an event | `ISSUED#<application or registration>` | `ISSUED` |
 * | how many credentials have a place in a status list | `STATUS-LISTS` | `STATUS-LISTS` |
 * | credentials of a status list that are revoked | `STATUS-LIST#<n>` | `REVOKED#<index>` |
 * | keys that credentials were signed with | `SIGNING-KEYS` | `<kid>` |
 * | cohorts the sweep visits | `SWEEP` | `<cohort>` |
 * | event, and who has attended one, copied | `EVENT#<id>`, `ATTENDANCE#<registration>` | `EVENT`, `ATTENDANCE` |
 * | agreement, copied | `AGREEMENT#<id>` | `AGREEMENT` |
 * | partners: see `PartnersTable` | `PARTNER#<id>`, `SHUT-OUT` | |
 * | that a name was read by another institution, for 7 days | `READING#<id>` | `READING` |
 * | that somebody was reminded of a deadline, for 7 days | `REMINDER#<application>` | `REMINDER#<deadline>` |
 * | remembered request | `REQUEST#<digest>` | `REQUEST` |
 * | requests of a busy client: see `requestCounts` | `RATE#<sub>` | `<window>` |
 */

export const SWEEP = 'SWEEP';
export const PUBLISHED = 'PUBLISHED';
export const PROGRAMMES = 'PROGRAMME#';
export const COHORTS = 'COHORT#';
export const SHOWN = 'SHOWN#';
export const APPLICATIONS = 'APPLICATION#';

export const programmePartition = (programmeId: string): string => PROGRAMMES + programmeId;
export const programmeKey = (programmeId: string): Key => ({ pk: programmePartition(programmeId), sk: 'PROGRAMME' });

export const institutionPartition = (institutionId: string): string => `INSTITUTION#${institutionId}`;

export const accountKey = (cohortId: string): AccountKey => ({
  pk: COHORTS + familyOf(cohortId),
  owner: 'COHORT',
  ownerId: cohortId,
});

export function cohortKey(cohortId: string): Key {
  const { pk, owner } = accountKey(cohortId);
  return { pk, sk: owner };
}

/** An application's id has the family of its cohort's: it leads there without an index. */
export const applicationKey = (applicationId: string): Key => ({
  pk: accountKey(applicationId).pk,
  sk: APPLICATIONS + applicationId,
});

export const nomineeKey = (cohortId: string, institutionId: string, pseudonym: string): Key => ({
  pk: accountKey(cohortId).pk,
  sk: `NOMINEE#${institutionId}#${pseudonym}`,
});

/** What somebody is confirmed for, in whatever cohort. */
export const personKey = (institutionId: string, pseudonym: string): Key => ({
  pk: `PERSON#${institutionId}#${pseudonym}`,
  sk: 'PERSON',
});

/** An institution's applications to one cohort. */
export const applicationsPrefix = (cohortId: string): string => `${APPLICATIONS}${cohortId}#`;

export const BUDGETS = 'BUDGET#';
export const TRAVEL_GRANTS = 'TRAVEL-GRANT#';

/** The ids of budgets and travel grants have the family of their cohort's, too. */
export const budgetKey = (budgetId: string): Key => ({ pk: accountKey(budgetId).pk, sk: BUDGETS + budgetId });

export const travelGrantKey = (travelGrantId: string): Key => ({
  pk: accountKey(travelGrantId).pk,
  sk: TRAVEL_GRANTS + travelGrantId,
});

/** An application has one live travel grant: this names the last one. */
export const travellerKey = (applicationId: string): Key => ({
  pk: accountKey(applicationId).pk,
  sk: `TRAVELLER#${applicationId}`,
});

/** @param of the application, or the registration for an event */
export const nameKey = (of: string): Key => ({ pk: `NAME#${of}`, sk: 'NAME' });

export const STATUS_LISTS = 'STATUS-LISTS';
export const SIGNING_KEYS = 'SIGNING-KEYS';

export const credentialKey = (credentialId: string): Key => ({ pk: `CREDENTIAL#${credentialId}`, sk: 'CREDENTIAL' });

/** @param of as above */
export const issuedKey = (of: string): Key => ({ pk: `ISSUED#${of}`, sk: 'ISSUED' });

export const eventKey = (eventId: string): Key => ({ pk: `EVENT#${eventId}`, sk: 'EVENT' });
export const attendanceKey = (registrationId: string): Key => ({
  pk: `ATTENDANCE#${registrationId}`,
  sk: 'ATTENDANCE',
});

export const statusListPartition = (list: number): string => `STATUS-LIST#${String(list)}`;

/** The copy of an agreement that programmes may be offered under. */
export const agreementKey = (agreementId: string): Key => ({ pk: `AGREEMENT#${agreementId}`, sk: 'AGREEMENT' });

export const readingKey = (readingId: string): Key => ({ pk: `READING#${readingId}`, sk: 'READING' });

/** @param expiresAt the deadline */
export const reminderKey = (applicationId: string, expiresAt: string): Key => ({
  pk: `REMINDER#${applicationId}`,
  sk: `REMINDER#${expiresAt}`,
});
