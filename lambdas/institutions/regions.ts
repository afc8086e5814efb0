/**
 * The subdivisions of ISO 3166-2, 18 KB in `subdivisions.json`, which is loaded when a region is named. Held against the
 * package `iso-3166` by `tests/unit/iso-codes.test.ts`.
 */

/** Codes of the subdivisions of a country, without the country and its dash. */
export async function subdivisionsOf(country: string): Promise<readonly string[]> {
  const { default: subdivisions }: { default: Readonly<Record<string, string>> } = await import('./subdivisions.json', {
    with: { type: 'json' },
  });
  return (subdivisions[country] ?? '').split(' ');
}
