import type { Document, YAMLError } from 'yaml';
import type { Finding } from './fault.js';
import type { Range } from './text.js';

const readable: readonly string[] = ['DUPLICATE_KEY', 'TAG_RESOLVE_FAILED'];

/** A finding at a stretch of the text. */
export type Problem = Finding & Range;

/**
 * What the parser complains about, in the words of somebody who writes plans. `broken` is a text of which the parser
 * could only guess the meaning; a key that is written twice or an unknown tag leaves the rest readable.
 */
export function parserProblems(document: Document, text: string): { problems: Problem[]; broken: boolean } {
  const all = [...document.errors, ...document.warnings];
  const tooDeep = all.find(isNesting);
  // The parser complains of nesting at every level; once is enough.
  const shown = tooDeep ? [tooDeep] : all;
  const problems = shown.map((error): Problem => {
    const [message, hint] = words(error, text);
    const code = error.code === 'DUPLICATE_KEY' ? 'PG106' : 'PG102';
    return { start: error.pos[0], end: error.pos[1], code, message, hint };
  });
  return { problems, broken: all.some((error) => !readable.includes(error.code)) };
}

export function isTooDeep(document: Document): boolean {
  return document.errors.some(isNesting);
}

function isNesting(error: YAMLError): boolean {
  return error.message.includes('call stack');
}

function words(error: YAMLError, text: string): [message: string, hint: string] {
  const start = error.pos[0];
  if (isNesting(error)) return ['the file is nested too deeply', 'a plan needs about eight levels'];
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return [`key "${keyAt(text, start)}" is written twice`, 'keep one of them'];
    case 'MULTIPLE_DOCS':
      return [
        'the file has several documents',
        'delete the line --- and put the second document into a file of its own',
      ];
    case 'TAB_AS_INDENT':
      return ['a tab is used as indentation', 'indent with blanks'];
    case 'TAG_RESOLVE_FAILED':
      return ['tags are not supported', 'leave out the tag; put quotes around text that begins with !'];
    case 'BAD_SCALAR_START':
      return [`a value begins with ${text.charAt(start)}`, 'put quotes around it'];
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return [
        'the indentation or a colon does not fit',
        'align keys of one level; put quotes around text with ": " in it',
      ];
    case 'BAD_INDENT':
      return ['the indentation does not fit', 'align the keys of one level, and close every [ and {'];
    default:
      return startsBlockScalar(text, start)
        ? ['a value begins with > or |', 'put quotes around it, for example "> 95%"']
        : [lowerFirst(error.message), 'see the line shown, and the line before it'];
  }
}

/** A threshold written bare, `target: > 95%`, is a folded block to YAML. */
function startsBlockScalar(text: string, start: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, start + 1);
  return /(?::|^\s*-)\s+[>|]/.test(line);
}

function keyAt(text: string, start: number): string {
  return /^["']?([^"':,}\n]*)/.exec(text.slice(start, start + 80))?.[1]?.trim() ?? '';
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
