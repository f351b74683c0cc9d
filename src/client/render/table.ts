import { oneLine, pad, widthOf } from './width.js';

/** Columns of text, two blanks apart; nothing after the last one, so that copied lines have no blanks at their end. */
export function table(cells: ReadonlyArray<readonly string[]>): string[] {
  const rows = cells.map((row) => row.map(oneLine));
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, widthOf(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, index) => pad(cell, widths[index] ?? 0))
      .join('  ')
      .trimEnd()
  );
}
