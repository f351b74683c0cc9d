/** A value inside a visibility query: quoted, so that no name can change the query. */
export function quoted(value: string): string {
  return `'${value.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
}
