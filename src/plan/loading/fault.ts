import type { ErrorCode } from '../error-catalogue.js';
import { counted } from '../text/spans.js';

/** A way into a document: keys and list indexes. */
export type Path = ReadonlyArray<string | number>;

/** What is wrong at one place of a file, and what to write instead. Lines and columns count from 1. */
export interface Fault {
  code: ErrorCode;
  severity: 'error' | 'warning';
  file: string;
  line: number;
  column: number;
  /** Where in the document, in names that people know: `phases[1a].steps[enable].flag.percent`. */
  path: string;
  message: string;
  hint: string;
  /** The line with its neighbour and a marker, as compilers print it; empty when the file could not be read. */
  frame: string;
}

/** What a rule says about a place; the source adds file, line, column and frame. */
export interface Finding {
  code: ErrorCode;
  message: string;
  hint: string;
  severity?: Fault['severity'];
  /** Point at the key instead of its value. */
  at?: 'key' | 'value';
  /** The value must not be shown: it may be a secret. */
  conceal?: boolean;
}

/**
 * By file, then by place; the same finding at the same place counts once.
 *
 * @param first the file whose faults come first
 */
export function inOrder(faults: readonly Fault[], first?: string): Fault[] {
  const files = [...new Set([...(first === undefined ? [] : [first]), ...faults.map((fault) => fault.file)])];
  const seen = new Set<string>();
  return [...faults]
    .sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column)
    .filter((fault) => {
      const key = JSON.stringify([fault.file, fault.line, fault.column, fault.message]);
      return !seen.has(key) && seen.add(key);
    });
}

/** `plans/x.yaml:14:9  error PG103  unknown key "retires"`, the frame, where it is in names, and the hint. */
export function renderFault(fault: Fault): string {
  const place = fault.frame === '' ? '' : `:${fault.line}:${fault.column}`;
  return [
    `${fault.file}${place}  ${fault.severity} ${fault.code}  ${fault.message}`,
    ...(fault.frame === '' ? [] : [fault.frame]),
    ...(fault.path === '' ? [] : [`   in: ${fault.path}`]),
    `   hint: ${fault.hint}`,
  ].join('\n');
}

/** All faults as a compiler would print them, with a closing count. At most `limit` are shown. */
export function renderFaults(faults: readonly Fault[], limit = 50): string {
  const shown = faults.slice(0, limit).map(renderFault);
  const errors = faults.filter((fault) => fault.severity === 'error').length;
  const more = faults.length > limit ? `, ${faults.length - limit} not shown` : '';
  const warnings = faults.length - errors;
  return [...shown, `${counted(errors, 'error')}, ${counted(warnings, 'warning')}${more}`].join('\n\n');
}
