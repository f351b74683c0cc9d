import { checkSecret, secretName } from '../language/secret.js';

/** `key:` or `- key:`, as most lines of a plan begin. */
const keyLine = /^\s*(?:-\s+)*(?:"[^"]{1,200}"|'[^']{1,200}'|[\w./-]{1,200})\s{0,8}:(?:\s|$)/;

/**
 * Hides what may belong to a secret in a text that no parser understands: the rest of the line behind its name, and the
 * lines below until one is clearly a key beside it or outside. Too much rather than too little.
 */
export function hideGuessed(text: string, hide: (start: number, end: number) => void): void {
  let start = 0;
  let under: Below | undefined;
  for (const line of text.split(/(?<=\n)|(?<=\r)(?!\n)/)) {
    const indent = line.length - line.trimStart().length;
    if (under && isBeside(line, indent, under)) under = undefined;
    const from = under || line.startsWith(':', indent) ? indent : secretFrom(line);
    if (from !== undefined) {
      hide(start + from, start + line.length);
      under ??= { column: columnOf(line), open: 0, quotes: 0 };
      count(line.slice(from), under);
    }
    start += line.length;
  }
}

/** Where the key of a secret stands, and how much of what followed is open: brackets, quotation marks. */
interface Below {
  column: number;
  open: number;
  quotes: number;
}

function isBeside(line: string, indent: number, { column, open, quotes }: Below): boolean {
  if (open > 0 || quotes % 2 === 1 || !keyLine.test(line)) return false;
  // The items of a list may stand right below its key.
  return indent < column || (indent === column && !line.startsWith('-', indent));
}

/** Where in a line a secret begins; undefined: it names none, or a reference. */
function secretFrom(line: string): number | undefined {
  const name = secretName.exec(line);
  if (!name) return undefined;
  const colon = line.indexOf(':', name.index);
  if (colon < 0) return /^[\s-]*\?|[{[,"']/.test(line) ? name.index + name[0].length : undefined;
  const value = line.slice(colon + 1);
  return checkSecret(value.trim().replace(/^(["'])(.*)\1$/, '$2')).ok
    ? undefined
    : colon + 1 + value.length - value.trimStart().length;
}

function columnOf(line: string): number {
  return /^[\s?-]*/.exec(line)?.[0].length ?? 0;
}

function count(text: string, below: Below): void {
  for (const character of text) {
    if (character === '{' || character === '[') below.open += 1;
    else if (character === '}' || character === ']') below.open -= 1;
    else if (character === '"' || character === "'") below.quotes += 1;
  }
}
