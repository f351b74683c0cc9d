/** How wide text is on a terminal, and cutting it to fit; our own colour sequences have no width. */

// oxlint-disable-next-line no-control-regex
const colour = /(\u001b\[[0-9;]*m)/g;
const mark = /\p{M}|\u200d|[\ufe00-\ufe0f]/u;
const wide: ReadonlyArray<readonly [number, number]> = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

/** Columns that a text takes. */
export function widthOf(text: string): number {
  let columns = 0;
  for (const character of text.replace(colour, '')) columns += columnsOf(character);
  return columns;
}

/** The text cut to so many columns, with `…` where something is missing; colours are closed. */
export function clip(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let left = columns - 1;
  let cut = '';
  for (const part of text.split(colour)) {
    if (part.startsWith('\u001b[')) {
      cut += part;
      continue;
    }
    for (const character of part) {
      left -= columnsOf(character);
      if (left < 0) return columns < 1 ? '' : `${cut}…${text.includes('\u001b[') ? '\u001b[0m' : ''}`;
      cut += character;
    }
  }
  return cut;
}

/** Fills with blanks on the right (or left) up to so many columns. */
export function pad(text: string, columns: number, side: 'left' | 'right' = 'right'): string {
  const blanks = ' '.repeat(Math.max(0, columns - widthOf(text)));
  return side === 'right' ? text + blanks : blanks + text;
}

/** Text in one line: what others wrote in several must not look like lines of ours. */
export function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ');
}

/** Breaks text at blanks into lines of at most so many columns; a longer word stays whole. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of oneLine(text).split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** Text after a head, broken to fit; its further lines begin below its first. */
export function hanging(head: string, text: string, columns: number): string[] {
  const indent = ' '.repeat(widthOf(head));
  return wrap(text, Math.max(30, columns - indent.length)).map((part, index) => (index === 0 ? head : indent) + part);
}

function columnsOf(character: string): number {
  if (mark.test(character)) return 0;
  const code = character.codePointAt(0) ?? 0;
  return wide.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
}
