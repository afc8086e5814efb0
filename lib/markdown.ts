/**
 * A table in Markdown with columns of even width, as the formatter wants it.
 * @param rows the headings first
 */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((text) => text.replaceAll('|', '\\|')));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |\n`;
  const [headings = '', ...body] = cells.map((row) =>
    line(row.map((text, column) => text.padEnd(widths[column] ?? 0))),
  );
  return headings + line(widths.map((width) => '-'.repeat(width))) + body.join('');
}
