import type { z } from 'zod';
import type { Fault, Path } from './fault.js';
import type { Loose } from './loose.js';
import { explainIssue, noteIssues } from './shape-faults.js';
import type { Source } from './source.js';

export interface Shaped<T> {
  /** The whole document with defaults filled in; only when its shape has no fault. */
  document?: T;
  /** What is sound of it. */
  loose: Loose<T>;
  faults: Fault[];
}

/**
 * Checks a value against a schema. Every fault gets its place in the file; the parts without faults are kept.
 *
 * @param value the source's value, after templates were filled in
 * @param isKnown whether the value at a path has a fault already, so that no second one is made of it
 */
export function checkShape<T>(
  schema: z.ZodType<T>,
  source: Source,
  value: Record<string, unknown>,
  isKnown: (path: Path) => boolean = () => false
): Shaped<T> {
  const notes = noteIssues();
  const parsed = schema.safeParse(value, { error: notes.note });
  if (parsed.success) return { document: parsed.data, loose: parsed.data as Loose<T>, faults: [] };
  const remains = structuredClone(value);
  const faults: Fault[] = [];
  for (const issue of parsed.error.issues) {
    for (const found of explainIssue(issue, value, notes.read)) {
      if (!isKnown(found.path)) faults.push(source.fault(found.path, found.finding));
      drop(remains, found.path);
    }
  }
  return { loose: remains as Loose<T>, faults };
}

/** Leaves a hole, so that the indexes of a list stay what they are in the file. */
function drop(root: Record<string, unknown>, path: Path): void {
  let node: unknown = root;
  for (const segment of path.slice(0, -1)) {
    if (typeof node !== 'object' || node === null) return;
    node = (node as Record<string | number, unknown>)[segment];
  }
  const last = path.at(-1);
  if (last === undefined) {
    for (const key of Object.keys(root)) delete root[key];
  } else if (typeof node === 'object' && node !== null && Object.hasOwn(node, last)) {
    (node as Record<string | number, unknown>)[last] = undefined;
  }
}
