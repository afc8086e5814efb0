import type { Service } from '../../../lambdas/shared/values.ts';

/**
 * The pools, grants and bookings of the demonstration. The sources name the partners and services but no sizes, so
 * every number here is made up and marked `illustrative` where it is sent.
 */

export interface DemoGrant {
  readonly beneficiary: string;
  /** Whether it is given under the demonstration's agreement. */
  readonly underAgreement?: boolean;
  readonly nominal: number;
  readonly bookings?: readonly DemoBooking[];
}

export interface DemoBooking {
  readonly patient: string;
  readonly ageBand: '0-17' | '18+';
  /** ICD-10 */
  readonly diagnosis: string;
  /** Whether the hold is turned into a booking. */
  readonly confirm: boolean;
}

export interface DemoPool {
  readonly provider: string;
  readonly service: Service;
  readonly name: (year: number) => Readonly<Record<string, string>>;
  readonly capacity: number;
  readonly grants: readonly DemoGrant[];
}

export const DEMO_POOLS: readonly DemoPool[] = [
  {
    provider: 'dimitrovgrad',
    service: 'proton-therapy',
    name: (year) => ({ en: `Proton therapy ${String(year)}`, ru: `Протонная терапия ${String(year)}` }),
    capacity: 40,
    grants: [
      // Left untouched: the first booking is the reader's.
      { beneficiary: 'alexandrov', nominal: 12, underAgreement: true },
      {
        beneficiary: 'kazior',
        nominal: 4,
        bookings: [{ patient: 'ALM-2Q8R-017', ageBand: '0-17', diagnosis: 'C71.6', confirm: true }],
      },
    ],
  },
  {
    provider: 'astana-proton',
    service: 'proton-therapy',
    name: (year) => ({
      en: `Proton therapy ${String(year)}`,
      ru: `Протонная терапия ${String(year)}`,
      kk: `Протондық терапия ${String(year)}`,
    }),
    capacity: 30,
    grants: [
      {
        beneficiary: 'bishkek',
        nominal: 3,
        bookings: [{ patient: 'BSK-9D4T-003', ageBand: '18+', diagnosis: 'C71.1', confirm: false }],
      },
      {
        beneficiary: 'tashkent',
        nominal: 4,
        bookings: [{ patient: 'TSK-5M2W-021', ageBand: '0-17', diagnosis: 'C72.0', confirm: true }],
      },
      { beneficiary: 'baku', nominal: 2 },
    ],
  },
  {
    provider: 'kazior',
    service: 'radiotherapy',
    name: (year) => ({ en: `Radiotherapy ${String(year)}`, ru: `Лучевая терапия ${String(year)}` }),
    capacity: 20,
    grants: [{ beneficiary: 'bishkek', nominal: 5 }],
  },
];
