import { iso31661, iso31662 } from 'iso-3166';
import { describe, expect, test } from 'vitest';

import { subdivisionsOf } from '../../lambdas/institutions/regions.ts';
import { hasRorChecksum, ROR_ID } from '../../lambdas/institutions/ror.ts';
import { COUNTRIES } from '../../lambdas/shared/countries.ts';

describe('the codes of ISO 3166', () => {
  test('of countries are those of the package', () => {
    expect([...COUNTRIES]).toEqual(iso31661.map(({ alpha2 }) => alpha2).toSorted());
  });

  test('of subdivisions are those of the package: if not, run this file with -u', async () => {
    const byCountry = new Map([...COUNTRIES].map((country) => [country, [] as string[]]));
    for (const { code } of iso31662) byCountry.get(code.slice(0, 2))?.push(code.slice(3));
    const table = Object.fromEntries([...byCountry].map(([country, codes]) => [country, codes.toSorted().join(' ')]));
    await expect(`${JSON.stringify(table, null, 2)}\n`).toMatchFileSnapshot(
      '../../lambdas/institutions/subdivisions.json',
    );
  });

  test('are found by country', async () => {
    expect(await subdivisionsOf('RU')).toContain('ULY');
    expect(await subdivisionsOf('BY')).not.toContain('ULY');
    expect(await subdivisionsOf('AQ')).toEqual(['']);
  });
});

describe('the checksum of a ROR id', () => {
  const REAL = ['05dxps055', '01an7q238', '03yrm5c26', '04wxnsj81', '00f54p054', '02mhbdp94'];
  const named = (id: string): string => `https://ror.org/${id}`;

  test.each(REAL)('fits %s', (id) => {
    expect(ROR_ID.test(named(id))).toBe(true);
    expect(hasRorChecksum(named(id))).toBe(true);
  });

  test.each(REAL)('shows any one character of %s that is wrong', (id) => {
    const digits = '0123456789abcdefghjkmnpqrstvwxyz';
    for (let at = 1; at < 9; at++) {
      for (const wrong of at < 7 ? digits : digits.slice(0, 10)) {
        if (wrong === id[at]) continue;
        const mistyped = id.slice(0, at) + wrong + id.slice(at + 1);
        expect(hasRorChecksum(named(mistyped)), mistyped).toBe(false);
      }
    }
  });
});
