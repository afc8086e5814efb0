import fc from 'fast-check';

/** How many sequences the model-based tests try, and how. */

/** Sequences of bookings. By default as many as fit into a quick run; the long run asks for more. */
export const WANTED = Number(process.env['HUB_SEQUENCES'] ?? 60);

/** Chains of sequences that run beside each other: each waits for the database most of the time. */
const CHAINS = Number(process.env['HUB_CHAINS'] ?? 4);

/**
 * Short sequences, and one in eight that is long: most faults show in a few steps, and some need many.
 * @param most steps in a long one
 */
export function sequenceOf<T>(step: fc.Arbitrary<T>, most: number): fc.Arbitrary<T[]> {
  return fc.oneof(
    { weight: 7, arbitrary: fc.array(step, { minLength: 1, maxLength: Math.ceil(most / 4), size: 'max' }) },
    { weight: 1, arbitrary: fc.array(step, { minLength: 1, maxLength: most, size: 'max' }) },
  );
}

/** How many there are of sequences that take longer than those of bookings. */
interface Fewer {
  /** Of the wanted number. */
  readonly share: number;
  /** However many are wanted. */
  readonly most: number;
}

/**
 * Tries a property on sequences, and prints the seed to try them with again (`HUB_SEED`).
 * @throws Error with the shortest sequence that fails
 */
export async function tryAll<T>(
  name: string,
  sequences: fc.Arbitrary<T>,
  holds: (sequence: T) => Promise<void>,
  { share, most }: Fewer = { share: 1, most: Number.POSITIVE_INFINITY },
): Promise<void> {
  const runs = Math.ceil(Math.min(WANTED * share, most) / CHAINS);
  const seed = Number(process.env['HUB_SEED'] ?? Date.now() % 2 ** 31);
  process.stdout.write(`${name}: ${String(runs * CHAINS)} sequences, HUB_SEED=${String(seed)}\n`);
  const chains = Array.from({ length: CHAINS }, (_, chain) =>
    fc.assert(fc.asyncProperty(sequences, holds), { numRuns: runs, seed: seed + chain }),
  );
  await Promise.all(chains);
}
