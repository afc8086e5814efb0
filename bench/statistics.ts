/** The middle value; of an even number of values the mean of the two in the middle. @throws Error without values */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('There is no median of nothing');
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
  return (upper + lower) / 2;
}

/** @throws Error without values */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new Error('There is no mean of nothing');
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
