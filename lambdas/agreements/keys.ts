import type { Key } from '../shared/dynamo/single-table.ts';

/**
 * The keys of the agreements table.
 *
 * | item | pk | sk |
 * |---|---|---|
 * | agreement | `AGREEMENT#<id>` | `AGREEMENT` |
 * | version | `AGREEMENT#<id>` | `VERSION#<number, 4 digits>` |
 * | an institution's agreements | `INSTITUTION#<id>` | `AGREEMENT#<id>` |
 * | partners: see `PartnersTable` | `PARTNER#<id>`, `SHUT-OUT` | |
 * | remembered request | `REQUEST#<digest>` | `REQUEST` |
 * | requests of a busy client: see `requestCounts` | `RATE#<sub>` | `<window>` |
 */

export const VERSIONS = 'VERSION#';
export const AGREEMENTS = 'AGREEMENT#';

export const agreementPartition = (agreementId: string): string => AGREEMENTS + agreementId;

export const agreementKey = (agreementId: string): Key => ({
  pk: agreementPartition(agreementId),
  sk: 'AGREEMENT',
});

/** Numbers have four digits, so that their order as texts is their order. */
export const versionKey = (agreementId: string, number: number): Key => ({
  pk: agreementPartition(agreementId),
  sk: VERSIONS + String(number).padStart(4, '0'),
});

export const institutionPartition = (institutionId: string): string => `INSTITUTION#${institutionId}`;
