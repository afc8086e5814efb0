import * as z from 'zod/mini';

let currencies: ReadonlySet<string> | undefined;

/** Asked of Node when it is first needed: most starts of a function never do. */
function isCurrency(code: string): boolean {
  currencies ??= new Set(Intl.supportedValuesOf('currency'));
  return currencies.has(code);
}

const Currency = z.string().check(z.refine(isCurrency, 'must be an ISO 4217 currency code such as KZT'));

/** An amount in the currency's minor units: a whole number, which no rounding changes. */
export const Money = z
  .strictObject({
    amount: z.int().check(z.minimum(1)),
    currency: Currency,
  })
  .register(z.globalRegistry, {
    id: 'Money',
    description: 'In minor units of an ISO 4217 currency.',
    examples: [{ amount: 120050, currency: 'KZT' }],
  });

/** More is nobody's budget; sums of so many stay exact. */
export const MOST_FUNDS = 10 ** 12;

/** What is promised, paid, or left: it may be nothing. */
export const Funds = z
  .strictObject({ amount: z.int().check(z.minimum(0), z.maximum(MOST_FUNDS)), currency: Currency })
  .register(z.globalRegistry, {
    id: 'Funds',
    description: 'Money that is promised, paid or left, in minor units of an ISO 4217 currency.',
    examples: [{ amount: 120050, currency: 'EUR' }],
  });
export type Funds = z.infer<typeof Funds>;

/** What is stored was checked when it came in: asking Node for all currencies takes time. */
export const StoredFunds = z.object({ amount: z.int(), currency: z.string() });

/** The one currency of these; `undefined` when there are several, or none. */
export function currencyOf(funds: readonly Funds[]): string | undefined {
  const currencies = new Set(funds.map(({ currency }) => currency));
  const [only] = currencies;
  return currencies.size === 1 ? only : undefined;
}

/** @returns `undefined` when they are in several currencies, or there are none: nothing is converted here */
export function sumOf(funds: readonly Funds[]): Funds | undefined {
  const currency = currencyOf(funds);
  if (currency === undefined) return undefined;
  return { amount: funds.reduce((sum, { amount }) => sum + amount, 0), currency };
}
