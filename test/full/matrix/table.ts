import type { OutcomeKind } from '../../../src/plan/outcome.js';
import { faults } from './faults.js';
import { occurrences } from './occurrences.js';
import { places, type ActivityName, type Place } from './places.js';
import type { Played } from './play.js';

const words: Record<OutcomeKind, string> = {
  completed: 'done',
  failed: 'failed',
  'rolled-back-verified': 'back',
  'rolled-back-not-verified': 'NOT verified',
};

/** The matrix as people read it: a row for each activity and place, a column for each fault. */
export function matrixTable(played: readonly Played[]): string {
  const header = ['activity', 'place', ...faults];
  const rows = (Object.keys(occurrences) as ActivityName[]).flatMap((activity) =>
    places.map((place) => [activity, place, ...rowOf(activity, place, played)])
  );
  // A reason stands at the end of its row, and needs no column.
  const full = rows.map((row) => (row.length === header.length ? row : row.slice(0, 2)));
  const widths = header.map((_, column) => Math.max(...[header, ...full].map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]): string => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return [line(header), ...rows.map((row) => line(row).trimEnd()), '', ...legend()].join('\n');
}

function rowOf(activity: ActivityName, place: Place, played: readonly Played[]): string[] {
  const occurrence = occurrences[activity][place];
  if ('never' in occurrence) return [`- (${occurrence.never})`];
  return faults.map((fault) => {
    const here = played.filter(
      ({ cell }) => cell.activity === activity && cell.place === place && cell.fault === fault
    );
    return here.length === 0 ? '?' : [...new Set(here.map(endOf))].join(' / ');
  });
}

function endOf({ status, retried, cleanup, texts }: Played): string {
  const kind = status.outcome?.kind;
  const ends = [kind ? words[kind] : 'NO END'];
  if (cleanup) ends.push('state' in cleanup && cleanup.state === 'completed' ? 'cleaned' : 'NOT cleaned');
  if (texts) ends.push(Object.values(texts).every((text) => 'text' in text) ? 'read' : 'says what is unread');
  return `${ends.join(', ')}${retried.length > 0 ? ' +person' : ''}`;
}

function legend(): string[] {
  return [
    'done: completed; back: rolled back, verified; +person: after a HOLD that a person answered with another attempt;',
    'cleaned: its clean-up was done, its flags are gone; read: its evidence, on another host, whole;',
    'several ends in a cell: one for each kind of garbage (nothing, a text, an object of the wrong shape)',
  ];
}
