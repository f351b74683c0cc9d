const widest = 110;
const lead = 30;

/** Characters that could steer a terminal or turn the reading direction. */
export const unsafeCharacters = /(?![\t\n\r])\p{Cc}|[\u200E\u200F\u2028-\u202E\u2066-\u2069]/u;

/** A key that names a secret with a value that is no reference: it must not get into a log by way of a frame. */
const secretValue =
  /([\w-]*(?:authorization|token|secret|passw(?:or)?d|key|cookie|credential)[\w-]*["']?\s*:\s+)([^{},\n]+)/gi;

/** Text that is safe to print: tabs become blanks, control characters a visible stand-in. */
export function printable(text: string): string {
  return text.replaceAll('\t', ' ').replace(new RegExp(unsafeCharacters.source, 'gu'), '\uFFFD');
}

function conceal(line: string): string {
  return line.replace(secretValue, (whole, key: string, value: string) =>
    value.includes('${') ? whole : key + '*'.repeat(value.length)
  );
}

/**
 * The line of a fault with the line before it and a marker below.
 *
 * @param lines of the file
 * @param place line and column from 1, and how many characters to mark
 */
export function codeFrame(lines: readonly string[], place: { line: number; column: number; length: number }): string {
  const text = conceal(printable(lines[place.line - 1] ?? ''));
  const cut = place.column > widest - lead ? place.column - lead : 0;
  const shown = text.slice(cut, cut + widest);
  const width = Math.max(4, String(place.line).length + 1);
  const before =
    place.line > 1
      ? [
          `  ${String(place.line - 1).padStart(width)} | ${conceal(printable(lines[place.line - 2] ?? '')).slice(cut, cut + widest)}`.trimEnd(),
        ]
      : [];
  const column = place.column - 1 - cut;
  const marks = Math.max(1, Math.min(place.length, shown.length - column));
  return [
    ...before,
    `> ${String(place.line).padStart(width)} | ${shown}`.trimEnd(),
    `  ${' '.repeat(width)} | ${' '.repeat(column)}${'^'.repeat(marks)}`,
  ].join('\n');
}
