/**
 * The one way to write plain data as JSON: keys sorted, nothing undefined, no blanks. Equal data gives equal text, in
 * whatever order it was put together.
 *
 * @throws TypeError for numbers that JSON cannot write
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item: unknown) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, item]: [string, unknown]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]: [string, unknown]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} has no canonical form`);
  return JSON.stringify(value ?? null);
}
