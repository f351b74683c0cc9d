/** A stretch of a text: `text.slice(start, end)`. */
export interface Span {
  start: number;
  end: number;
}

/**
 * Where a value stands in a JSON text that `JSON.parse` accepts; of a key written twice the last one, as `JSON.parse`
 * takes it. Undefined when it is not there. Editing the text leaves everything else of the file as somebody wrote it.
 */
export function spanOf(text: string, path: readonly string[]): Span | undefined {
  let start = skipBlanks(text, 0);
  for (const key of path) {
    const value = text[start] === '{' ? memberOf(text, start, key) : undefined;
    if (value === undefined) return undefined;
    start = value.start;
  }
  return { start, end: endOfValue(text, start) };
}

/** The text without a member of an object, however often it stands there, and everything else as somebody wrote it. */
export function withoutMember(text: string, path: readonly string[]): string {
  const holder = spanOf(text, path.slice(0, -1));
  const value = spanOf(text, path);
  if (holder === undefined || value === undefined) return text;
  const { start, first } = keyBefore(text, holder.start, value.start);
  const next = skipBlanks(text, value.end);
  if (text[next] === ',') return withoutMember(text.slice(0, start) + text.slice(skipBlanks(text, next + 1)), path);
  const end = first ? value.end : text.lastIndexOf(',', start);
  return withoutMember(
    first ? text.slice(0, start) + text.slice(end) : text.slice(0, end) + text.slice(value.end),
    path
  );
}

/** Where the key of a value begins, and whether it is the first of its object. */
function keyBefore(text: string, objectStart: number, valueStart: number): { start: number; first: boolean } {
  let at = skipBlanks(text, objectStart + 1);
  for (let first = true; ; first = false) {
    const keyEnd = endOfString(text, at);
    const start = skipBlanks(text, skipBlanks(text, keyEnd) + 1);
    if (start === valueStart) return { start: at, first };
    at = skipBlanks(text, skipBlanks(text, endOfValue(text, start)) + 1);
  }
}

/** A JSON value as text, written like the text around it: on one line or indented, with the indentation of its place. */
export function render(value: unknown, text: string, at: Span): string {
  if (!text.slice(at.start, at.end).includes('\n')) return JSON.stringify(value);
  const unit = /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
  const line = text.slice(text.lastIndexOf('\n', at.start) + 1, at.start);
  const margin = /^[ \t]*/.exec(line)?.[0] ?? '';
  return JSON.stringify(value, null, unit).replaceAll('\n', `\n${margin}`);
}

function memberOf(text: string, objectStart: number, key: string): Span | undefined {
  let found: Span | undefined;
  let at = skipBlanks(text, objectStart + 1);
  while (text[at] === '"') {
    const keyEnd = endOfString(text, at);
    const name: unknown = JSON.parse(text.slice(at, keyEnd));
    const start = skipBlanks(text, skipBlanks(text, keyEnd) + 1);
    const end = endOfValue(text, start);
    if (name === key) found = { start, end };
    at = skipBlanks(text, end);
    if (text[at] === ',') at = skipBlanks(text, at + 1);
  }
  return found;
}

function endOfValue(text: string, start: number): number {
  if (text[start] === '"') return endOfString(text, start);
  let depth = 0;
  let at = start;
  for (;;) {
    const char = text[at];
    if (char === undefined) return at;
    if (char === '"') {
      at = endOfString(text, at);
      continue;
    }
    if (depth === 0 && at > start && /[\s,}\]]/.test(char)) return at;
    if (char === '{' || char === '[') depth += 1;
    if (char === '}' || char === ']') depth -= 1;
    at += 1;
    if (depth === 0 && (char === '}' || char === ']')) return at;
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function skipBlanks(text: string, start: number): number {
  let at = start;
  while (/\s/.test(text[at] ?? '')) at += 1;
  return at;
}
