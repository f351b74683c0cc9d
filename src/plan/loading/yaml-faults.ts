import type { YAMLError } from 'yaml';
import type { Finding } from './fault.js';

/** What the parser complains about, in the words of somebody who writes plans. */
export function explainYamlError(error: YAMLError, text: string): Finding {
  const [message, hint] = words(error, text);
  return { code: error.code === 'DUPLICATE_KEY' ? 'PG106' : 'PG102', message, hint };
}

function words(error: YAMLError, text: string): [message: string, hint: string] {
  const start = error.pos[0];
  if (error.message.includes('call stack')) return ['the file is nested too deeply', 'a plan needs about eight levels'];
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
