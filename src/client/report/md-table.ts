import { cleanLine } from '../render/clean.js';

/** Text that people and commands wrote, inside Markdown: it must neither break a table nor become markup. */
export function cell(text: string): string {
  return cleanLine(text).replace(/[|\\`*_<>[\]]/g, (character) => `\\${character}`);
}

/** A Markdown table; nothing at all without rows. */
export function mdTable(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  if (rows.length === 0) return '';
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map((cells) => row(cells.map(cell)))].join('\n');
}
