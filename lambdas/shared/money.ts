import * as z from 'zod/mini';

let currencies: ReadonlySet<string> | undefined;

/** Asked of Node when it is first needed: most starts of a function never do. */
function isCurrency(code: string): boolean {
  currencies ??= new Set(Intl.supportedValuesOf('currency'));
  return currencies.has(code);
}

/** An amount in the currency's minor units: a whole number, which no rounding changes. */
export const Money = z
  .strictObject({
    amount: z.int().check(z.minimum(1)),
    currency: z.string().check(z.refine(isCurrency, 'must be an ISO 4217 currency code such as KZT')),
  })
  .register(z.globalRegistry, {
    id: 'Money',
    description: 'In minor units of an ISO 4217 currency.',
    examples: [{ amount: 120050, currency: 'KZT' }],
  });
