/**
 * Names, reasons and outputs come from plans, people and commands, and end up in terminals and logs. What could move a
 * cursor, hide text or turn a line around is taken out before anything is shown.
 */

// C0 but tab and newline, DEL and C1 (escape sequences), then bidirectional overrides and invisible separators.
// oxlint-disable-next-line no-control-regex
const dangerous = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Text without control characters; line breaks and tabs stay. */
export function clean(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(dangerous, '');
}

/** The same as one line. */
export function cleanLine(text: string): string {
  return clean(text)
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\t/g, ' ')
    .trim();
}

/** A copy of plain data in which every string, keys included, is clean. */
export function cleanDeep<T>(value: T): T {
  return walk(value) as T;
}

function walk(value: unknown): unknown {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map(walk);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [clean(key), walk(entry)]));
}

/** JSON in which they are escaped instead: the same document. JSON itself escapes only the first 32 characters. */
export function escaped(json: string): string {
  return json.replace(dangerous, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The beginning of a text, at most so many UTF-16 units; half a character at its end is left out. */
export function beginning(text: string, most: number): string {
  return text.slice(0, most).replace(/[\ud800-\udbff]$/, '');
}
