import type { Figures } from './benchmark.ts';
import { flattened, targetFor } from './targets.ts';

/** Figures beside their targets, one a line. */
export function table(figures: Figures): string {
  const rows = flattened(figures).map(([path, value]) => {
    const target = targetFor(path);
    const verdict = target === undefined ? '' : target.met(value) ? 'pass' : 'FAIL';
    return [path, String(value), target?.text ?? '', verdict];
  });
  const all = [['figure', 'value', 'target', ''], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map(([path = '', value = '', target = '', verdict = '']) =>
      [path.padEnd(widths[0] ?? 0), value.padStart(widths[1] ?? 0), target.padEnd(widths[2] ?? 0), verdict]
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
