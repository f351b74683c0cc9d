import type { Path } from '../loading/fault.js';

/** Calls `change` on every text of a plain value and returns a copy with what it gave back; keys stay as they are. */
export function mapTexts<T>(value: T, change: (text: string, path: Path) => string, path?: Path): T;
export function mapTexts(value: unknown, change: (text: string, path: Path) => string, path: Path = []): unknown {
  if (typeof value === 'string') return change(value, path);
  if (Array.isArray(value)) return value.map((item: unknown, index) => mapTexts(item, change, [...path, index]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [key, mapTexts(item, change, [...path, key])])
  );
}
