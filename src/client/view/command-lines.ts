import { widthOf } from '../render/width.js';
import { line, type Line } from './line.js';
import type { View } from './view.js';

const indent = '    ';
const further = `${indent}  `;

/**
 * A command to paste: never cut, since half a command is none. One that is too wide goes on behind a backslash, as a
 * shell reads it.
 *
 * @param text begins with `phasegate`
 */
export function commandLines(text: string, view: View): Line[] {
  const typed = view.command === undefined ? text : text.replace(/^phasegate(?= )/, () => view.command ?? '');
  const rows: string[] = [];
  for (const part of typed.split(/ (?=--)/)) {
    const row = rows.at(-1);
    // Two columns are kept for what goes on behind it.
    if (row === undefined || widthOf(further) + widthOf(row) + widthOf(part) + 3 > view.columns) rows.push(part);
    else rows[rows.length - 1] = `${row} ${part}`;
  }
  return rows.map((row, index) =>
    line(
      `${index === 0 ? indent : further}${view.paint('strong', row)}${index === rows.length - 1 ? '' : view.paint('strong', ' \\')}`
    )
  );
}
