import { misunderstood, understood } from './understood.js';
import type { Understood } from './understood.js';

const names = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const day = `(?:${names.join('|')})`;
const item = `${day}(?:-${day})?`;
export const weekdaysPattern = `^${item}(?:, *${item})*$`;
const written = new RegExp(weekdaysPattern);

/**
 * Reads `mon-fri`, `sat, sun` or `fri-mon`.
 *
 * @returns 1 (Monday) to 7, each once, ascending
 */
export function parseWeekdays(text: string): Understood<number[]> {
  if (!written.test(text))
    return misunderstood(`"${text}" are no days of the week`, 'write for example mon-fri or sat, sun');
  const found = new Set(text.split(',').flatMap((part) => daysIn(part.trim())));
  return understood([...found].toSorted((a, b) => a - b));
}

/** The text of such days: `mon-fri`, `mon, wed`. */
export function weekdaysText(days: readonly number[]): string {
  const name = (weekday: number): string => names[weekday - 1] ?? '';
  const runs: number[][] = [];
  for (const weekday of days) {
    const last = runs.at(-1);
    if (last?.at(-1) === weekday - 1) last.push(weekday);
    else runs.push([weekday]);
  }
  return runs
    .flatMap((run) => (run.length > 2 ? [`${name(run[0] ?? 0)}-${name(run.at(-1) ?? 0)}`] : run.map(name)))
    .join(', ');
}

function daysIn(range: string): number[] {
  const [first = 0, last = first] = range.split('-').map((name) => names.findIndex((known) => known === name));
  const count = ((last - first + 7) % 7) + 1;
  return Array.from({ length: count }, (_, index) => ((first + index) % 7) + 1);
}
