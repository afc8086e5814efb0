/**
 * Does something with each item, so many at a time, so that a long list is neither walked step by step nor thrown at the
 * database at once.
 * @returns what was made of each, in the order of the items
 */
export async function inBatches<T, R>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += atOnce) {
    results.push(...(await Promise.all(items.slice(start, start + atOnce).map(work))));
  }
  return results;
}
