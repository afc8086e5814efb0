import { stringify } from 'csv-stringify/sync';

/** Tables as CSV (RFC 4180), headed by the names of the JSON members. */

/** A line of a table with these columns. */
export type Line<C extends readonly string[]> = Readonly<Record<C[number], string | number | undefined>>;

/** Some values are somebody's text: a spreadsheet must not take them for formulas. */
export function csv<C extends readonly string[]>(columns: C, lines: readonly Line<C>[]): string {
  const how = { header: true, record_delimiter: 'windows', escape_formulas: true } as const;
  return stringify([...lines], { ...how, columns: [...columns] });
}
