/** A value as one word of a command line that is pasted into a shell, which reads nothing in it: no `$`, no backtick. */
export function shellWord(value: string): string {
  return /^[\w./:@-]+$/.test(value) ? value : `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
