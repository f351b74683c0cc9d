const widest = 110;
const lead = 30;

/** Characters that could steer a terminal or turn the reading direction. */
export const unsafeCharacters = /(?![\t\n\r])\p{Cc}|[\u200E\u200F\u2028-\u202E\u2066-\u2069]/u;

/** Text that is safe to print: tabs become blanks, control characters a visible stand-in. */
export function printable(text: string): string {
  return text.replaceAll('\t', ' ').replace(new RegExp(unsafeCharacters.source, 'gu'), '\uFFFD');
}

/**
 * The line of a fault with the line before it and a marker below.
 *
 * @param text of that line, and of the one before it, without their secrets
 * @param place line and column from 1, and how many characters to mark
 */
export function codeFrame(
  text: string,
  before: string | undefined,
  place: { line: number; column: number; length: number }
): string {
  const cut = place.column > widest - lead ? place.column - lead : 0;
  const width = Math.max(4, String(place.line).length + 1);
  const visible = (line: string): string => printable(line.slice(cut, cut + widest));
  const numbered = (mark: string, number: number, line: string): string =>
    `${mark} ${String(number).padStart(width)} | ${visible(line)}`.trimEnd();
  const column = place.column - 1 - cut;
  const marks = Math.max(1, Math.min(place.length, visible(text).length - column));
  return [
    ...(before === undefined ? [] : [numbered(' ', place.line - 1, before)]),
    numbered('>', place.line, text),
    `  ${' '.repeat(width)} | ${' '.repeat(column)}${'^'.repeat(marks)}`,
  ].join('\n');
}
