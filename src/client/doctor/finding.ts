import { cleanLine } from '../render/clean.js';
import type { Paint } from '../render/paint.js';
import { table } from '../render/table.js';

/** One thing that was looked at, how it is, and what to do when it is not well. */
export interface Finding {
  state: 'ok' | 'warn' | 'fail';
  what: string;
  found: string;
  remedy?: string;
}

export function ok(what: string, found: string): Finding {
  return { state: 'ok', what, found };
}
export function warn(what: string, found: string, remedy: string): Finding {
  return { state: 'warn', what, found, remedy };
}
export function fail(what: string, found: string, remedy: string): Finding {
  return { state: 'fail', what, found, remedy };
}

const marks = {
  ok: { tone: 'good', text: '✔ ok' },
  warn: { tone: 'warn', text: '! warn' },
  fail: { tone: 'bad', text: '✖ fail' },
} as const;

export function findingLines(findings: readonly Finding[], paint: Paint): string[] {
  const rows = table(
    findings.map(({ state, what, found }) => [paint(marks[state].tone, marks[state].text), what, cleanLine(found)])
  );
  return findings.flatMap((finding, index) => {
    const row = rows[index] ?? '';
    return finding.remedy === undefined ? [row] : [row, `        ${cleanLine(finding.remedy)}`];
  });
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
