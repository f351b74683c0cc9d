import { cleanLine } from '../render/clean.js';

/** What makes a line a heading, a list, a rule or a fence where it stands first. */
const opening = /^(?:[#+=-]+(?=\s|$)|-{3,}|~{3,}|\d{1,9}(?=[.)](?:\s|$)))/;

/** Text that people and commands wrote, inside Markdown: it must neither break a table nor become markup. */
export function cell(text: string): string {
  const line = cleanLine(text).replace(/[|\\`*_<>[\]]|&(?=#?\w+;)|~(?=~)/g, (character) => `\\${character}`);
  return line.replace(opening, (mark) => (/^\d/.test(mark) ? `${mark}\\` : `\\${mark}`));
}

/** A Markdown table; nothing at all without rows. */
export function mdTable(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  if (rows.length === 0) return '';
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [row(head), row(head.map(() => '---')), ...rows.map((cells) => row(cells.map(cell)))].join('\n');
}
