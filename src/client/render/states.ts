import type { RunState, StepState, UndoRecord } from '../../plan/run-status.js';
import type { Paint, Tone } from './paint.js';

/** Every state has a symbol and a word: colours and glyphs alone reach neither logs nor everybody's eyes. */
interface Mark {
  symbol: string;
  tone: Tone;
}

/** What a watch tells about the way to the run, not about the run. */
type Reach = 'no worker' | 'worker' | 'no server' | 'server';

/** How the guard sees a metric. */
type Seen = 'critical' | 'warning' | 'no data' | 'well';

const marks: Record<
  RunState | StepState | UndoRecord['state'] | Reach | Seen | 'incident' | 'skipped' | 'unknown',
  Mark
> = {
  pending: { symbol: '·', tone: 'dim' },
  'waiting for locks': { symbol: '◷', tone: 'warn' },
  running: { symbol: '▶', tone: 'info' },
  waiting: { symbol: '◷', tone: 'warn' },
  paused: { symbol: '‖', tone: 'warn' },
  'on hold': { symbol: '■', tone: 'warn' },
  'rolling back': { symbol: '↩', tone: 'warn' },
  completed: { symbol: '✔', tone: 'good' },
  passed: { symbol: '✔', tone: 'good' },
  done: { symbol: '✔', tone: 'good' },
  waived: { symbol: '!', tone: 'warn' },
  'taken over': { symbol: '✔', tone: 'warn' },
  'cannot be undone': { symbol: '■', tone: 'warn' },
  accepted: { symbol: '✔', tone: 'warn' },
  failed: { symbol: '✖', tone: 'bad' },
  failing: { symbol: '✖', tone: 'bad' },
  'rolled back': { symbol: '↩', tone: 'bad' },
  'rolled back, NOT verified': { symbol: '✖', tone: 'bad' },
  'NOT rolled back': { symbol: '✖', tone: 'bad' },
  skipped: { symbol: '–', tone: 'dim' },
  unknown: { symbol: '?', tone: 'warn' },
  'no worker': { symbol: '!', tone: 'bad' },
  worker: { symbol: '✔', tone: 'good' },
  'no server': { symbol: '!', tone: 'bad' },
  server: { symbol: '✔', tone: 'good' },
  incident: { symbol: '!', tone: 'bad' },
  critical: { symbol: '✖', tone: 'bad' },
  warning: { symbol: '!', tone: 'warn' },
  'no data': { symbol: '?', tone: 'warn' },
  well: { symbol: '✔', tone: 'good' },
};
export type AnyState = keyof typeof marks;

export function symbolOf(state: AnyState, paint: Paint): string {
  const { symbol, tone } = marks[state];
  return paint(tone, symbol);
}

/** `✔ completed` */
export function stateWords(state: AnyState, paint: Paint): string {
  const { symbol, tone } = marks[state];
  return paint(tone, `${symbol} ${state}`);
}

export function toneOf(state: AnyState): Tone {
  return marks[state].tone;
}
