/**
 * The same JavaScript with escapes in place of what is not ASCII. V8 keeps a source with a single such character in two
 * bytes a character: of the workflow bundle there are several copies in a worker, and each is 4 MB smaller so.
 *
 * @throws Error where an escape would mean something else: behind a backslash
 */
export function asciiOnly(code: string): string {
  const escaped = /(?<!\\)(?:\\\\)*\\[\u0080-\uffff]/.exec(code);
  if (escaped)
    throw new Error(`cannot be written in ASCII: ${code.slice(Math.max(0, escaped.index - 40), escaped.index + 20)}`);
  return code.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
