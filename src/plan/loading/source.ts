import type { Document, Node, Pair } from 'yaml';
import { isMap, isPair, isScalar, isSeq } from 'yaml';
import type { Fault, Finding, Path } from './fault.js';
import { printable } from './frame.js';
import type { FileText, Range } from './text.js';

/** A file that was read as YAML: its value as plain data, and where everything stands. */
export interface Source {
  file: string;
  value: Record<string, unknown>;
  /** Makes a fault of a finding at a path; a path that leads nowhere means the nearest thing around it. */
  fault(path: Path, finding: Finding): Fault;
}

export function createSource(file: string, text: FileText, document: Document): Source {
  const value = document.toJS({ maxAliasCount: 0 }) as Record<string, unknown>;
  return {
    file,
    value,
    fault: (path, finding) =>
      text.faultAt(rangeOf(document.contents, path, finding.at ?? 'value'), finding, pathText(value, path)),
  };
}

function rangeOf(root: unknown, path: Path, at: 'key' | 'value'): Range {
  let node = root;
  let pair: Pair | undefined;
  for (const segment of path) {
    const next = child(node, segment);
    if (next === undefined) return nearest(node, pair);
    pair = isPair(next) ? next : undefined;
    node = isPair(next) ? next.value : next;
  }
  if (pair && (at === 'key' || !hasRange(node) || isEmpty(node))) return nearest(undefined, pair);
  return nearest(node, pair);
}

function child(node: unknown, segment: string | number): unknown {
  if (isMap(node)) return node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(segment));
  if (isSeq(node)) return node.items[Number(segment)];
  return undefined;
}

/** A scalar is marked whole; a collection by its first key or item, since that is what people look for. */
function nearest(node: unknown, pair: Pair | undefined): Range {
  if (isScalar(node) && hasRange(node)) return { start: node.range[0], end: node.range[1] };
  if (pair && hasRange(pair.key)) return { start: pair.key.range[0], end: pair.key.range[1] };
  const first: unknown = isMap(node) ? node.items[0]?.key : isSeq(node) ? node.items[0] : undefined;
  if (isScalar(first) && hasRange(first)) return { start: first.range[0], end: first.range[1] };
  if (hasRange(node)) return { start: node.range[0], end: node.range[0] + 1 };
  return { start: 0, end: 0 };
}

function isEmpty(node: unknown): boolean {
  return isScalar(node) && node.value === null;
}

function hasRange(node: unknown): node is Node & { range: [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}

/** Writes a path with the ids of list items instead of their numbers, where they have one. */
function pathText(root: unknown, path: Path): string {
  let value = root;
  let text = '';
  for (const segment of path) {
    value =
      typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[segment] : undefined;
    if (typeof segment === 'number') text += `[${idOf(value) ?? segment}]`;
    else text += text === '' ? segment : `.${segment}`;
  }
  return printable(text);
}

/** The id of a list item: its own, or that of its only entry (`- flag: { id: enable }`). */
function idOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  if ('id' in item && typeof item.id === 'string') return item.id;
  const entries = Object.values(item);
  const only: unknown = entries.length === 1 ? entries[0] : undefined;
  return typeof only === 'object' && only !== null && 'id' in only && typeof only.id === 'string' ? only.id : undefined;
}
