import type { Document } from 'yaml';
import type { Fault, Finding } from './fault.js';
import { codeFrame, printable } from './frame.js';
import { hideSecrets } from './hide-secrets.js';

export interface Range {
  start: number;
  end: number;
}

/** A file with its lines, which makes faults of findings at stretches of it. */
export interface FileText {
  text: string;
  faultAt(range: Range, finding: Finding, path?: string): Fault;
}

/**
 * The parser's own line counter loses line ends inside of broken scalars, so lines are counted here.
 *
 * @param document what the parser made of the text: it tells which parts of it are secrets
 */
export function fileText(file: string, text: string, document?: Document): FileText {
  const starts = [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map((end) => end.index + end[0].length)];
  let hidden: string[] | undefined;
  const lineOf = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
  return {
    text,
    faultAt: ({ start, end }, finding, path = '') => {
      const line = lineOf(start);
      const column = start - (starts[line - 1] ?? 0) + 1;
      hidden ??= hideSecrets(text, document).split(/\r\n|\n|\r/);
      const marked = hidden[line - 1] ?? '';
      const shown = finding.conceal ? concealed(marked, column - 1, end - start) : marked;
      return {
        code: finding.code,
        severity: finding.severity ?? 'error',
        file,
        line,
        column,
        path,
        message: printable(finding.message),
        hint: printable(finding.hint),
        frame: codeFrame(shown, hidden[line - 2], { line, column, length: end - start }),
      };
    },
  };
}

/** A secret of several lines is hidden in the one that is shown. */
function concealed(text: string, start: number, length: number): string {
  const hidden = text.slice(start, start + length);
  return text.slice(0, start) + '*'.repeat(hidden.length) + text.slice(start + hidden.length);
}
