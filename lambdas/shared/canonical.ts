import { createHash } from 'node:crypto';

/**
 * JSON that is the same for the same values: members in the order of their names, no spaces.
 * For texts, whole numbers and what is made of them it is what RFC 8785 says.
 */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/**
 * SHA-256, in hexadecimal, of a value as JSON by RFC 8785. Members that are `undefined` are no members.
 * @param value texts, whole numbers, and lists and objects of them
 * @see https://www.rfc-editor.org/rfc/rfc8785
 */
export function sha256Of(value: object): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}
