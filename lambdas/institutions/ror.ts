/** ROR ids. Pure. */

/** Crockford's base 32: no I, L, O, U. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';

/** A leading zero, six digits of the number in base 32, two decimal digits of checksum. */
export const ROR_ID = /^https:\/\/ror\.org\/0[a-hj-km-np-tv-z0-9]{6}[0-9]{2}$/;

/**
 * Whether the checksum fits the number: ISO/IEC 7064, MOD 97-10, so that no single wrong digit and no two swapped ones of
 * the checksum go unnoticed.
 * Source: https://ror.readme.io/docs/identifier, https://github.com/ror-community/ror-api (`rorapi/management/commands/generaterorid.py`)
 */
export function hasRorChecksum(rorId: string): boolean {
  const id = rorId.slice(-9);
  const number = Array.from(id.slice(0, 7)).reduce((value, digit) => value * 32 + DIGITS.indexOf(digit), 0);
  return 98 - ((number * 100) % 97) === Number(id.slice(7));
}
