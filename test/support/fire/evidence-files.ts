import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** All documents of a kind in a store of evidence. */
export function storedOf<T>(evidenceDir: string, kind: string): T[] {
  return readdirSync(evidenceDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) => documentIn<T>(join(entry.parentPath, entry.name)))
    .flatMap((stored) => (stored.kind === kind ? [stored.document] : []));
}

const known = new Map<string, Stored<unknown>>();

/** A file is named by its digest and never changes; an account of each of many runs looks at them all. */
function documentIn<T>(file: string): Stored<T> {
  const stored = known.get(file) ?? (JSON.parse(readFileSync(file, 'utf8')) as Stored<unknown>);
  known.set(file, stored);
  return stored as Stored<T>;
}

/** The evidence store keeps a document under its digest: `sha256/ab/cdef….json`. */
export function chunkOf<T>(evidenceDir: string, digest: string): T {
  const hex = digest.slice(digest.indexOf(':') + 1);
  const file = join(evidenceDir, 'sha256', hex.slice(0, 2), `${hex.slice(2)}.json`);
  return documentIn<T>(file).document;
}

interface Stored<T> {
  kind?: string;
  document: T;
}
