import { checkSecret, secretName } from '../language/secret.js';

const widest = 110;
const lead = 30;

/** Characters that could steer a terminal or turn the reading direction. */
export const unsafeCharacters = /(?![\t\n\r])\p{Cc}|[\u200E\u200F\u2028-\u202E\u2066-\u2069]/u;

/** What must not get into a log by way of a frame: a secret that is no reference, a password in an address. */
const secretValue = new RegExp(
  `([\\w-]*(?:${secretName.source})[\\w-]*["']?\\s*:\\s+)((?:\\$\\{[^}]*\\}|[^{},\\n])+)`,
  'gi'
);
const userInfo = /(:\/\/)([^/\s'"@]*)@/g;

/** Text that is safe to print: tabs become blanks, control characters a visible stand-in. */
export function printable(text: string): string {
  return text.replaceAll('\t', ' ').replace(new RegExp(unsafeCharacters.source, 'gu'), '\uFFFD');
}

function conceal(line: string): string {
  return line
    .replace(secretValue, (whole, key: string, value: string) =>
      checkSecret(value.trim().replace(/^(["'])(.*)\1$/, '$2')).ok
        ? whole
        : `${key}${stars(value.trimEnd())}${value.slice(value.trimEnd().length)}`
    )
    .replace(userInfo, (_, start: string, secret: string) => `${start}${stars(secret)}@`);
}

function stars(text: string): string {
  return '*'.repeat(text.length);
}

/**
 * The line of a fault with the line before it and a marker below.
 *
 * @param lines of the file
 * @param place line and column from 1, and how many characters to mark
 */
export function codeFrame(lines: readonly string[], place: { line: number; column: number; length: number }): string {
  const cut = place.column > widest - lead ? place.column - lead : 0;
  const width = Math.max(4, String(place.line).length + 1);
  const lineText = (number: number): string => conceal(printable(lines[number - 1] ?? '')).slice(cut, cut + widest);
  const numbered = (mark: string, number: number): string =>
    `${mark} ${String(number).padStart(width)} | ${lineText(number)}`.trimEnd();
  const column = place.column - 1 - cut;
  const marks = Math.max(1, Math.min(place.length, lineText(place.line).length - column));
  return [
    ...(place.line > 1 ? [numbered(' ', place.line - 1)] : []),
    numbered('>', place.line),
    `  ${' '.repeat(width)} | ${' '.repeat(column)}${'^'.repeat(marks)}`,
  ].join('\n');
}
