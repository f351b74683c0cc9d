import { requiredSamples } from '../../plan/judge/grid.js';
import { formatValue } from '../../plan/judge/format.js';
import type { CriterionState } from '../../plan/judge/state.js';
import type { Criterion, WindowSpec } from '../../plan/model.js';
import { counted, spanText } from '../../plan/text/spans.js';
import type { StepRecord } from '../../plan/run-status.js';
import type { LiveWindow } from '../read/snapshot.js';
import type { Paint } from '../render/paint.js';
import { progressBar, sparkline } from '../render/sparkline.js';
import { table } from '../render/table.js';
import { untilText } from '../render/time.js';
import { hanging } from '../render/width.js';
import { keep, line, type Line } from './line.js';
import type { View } from './view.js';

const barColumns = 20;
const sparkColumns = 16;
/** The sign beside the value says on which side of its threshold it is. */
const liveDigits = 4;

/** A running window, as far as its progress tells. */
type Running = Pick<StepRecord, 'startedAt'> & {
  window?: Pick<NonNullable<StepRecord['window']>, 't0' | 'deadlineAt'>;
};

/** How far a running window is: time, and ok samples of the criterion that is furthest behind. */
export function windowProgress(record: Running, spec: WindowSpec, live: LiveWindow | undefined, view: View): string {
  const { elapsed, whole, streak, needed } = progressOf(record, spec, live, view.now);
  // One that is watched throughout is as far as its time is, however long all has been well.
  const share = spec.throughout ? 1 : streak / needed;
  const { done, left } = progressBar(Math.min(elapsed / whole, share), barColumns);
  return `${view.paint('info', done)}${view.paint('dim', left)} ${progressWords(record, spec, live, view.now)}`;
}

/** The same, for a log. */
export function progressWords(
  record: Running,
  spec: WindowSpec,
  live: LiveWindow | undefined,
  now: View['now']
): string {
  const { elapsed, whole, streak, needed } = progressOf(record, spec, live, now);
  const time =
    elapsed < whole
      ? `${spanText(elapsed)} of ${spanText(whole)}`
      : `${spanText(elapsed)}, at least ${spanText(whole)}`;
  const inARow = spec.throughout ? counted(streak, 'sample') : `${Math.min(streak, needed)}/${needed} samples`;
  return `${time} · ${live ? `${inARow} in a row` : 'no sample yet'}`;
}

function progressOf(
  { window, startedAt }: Running,
  spec: WindowSpec,
  live: LiveWindow | undefined,
  now: number
): { elapsed: number; whole: number; streak: number; needed: number } {
  const t0 = window?.t0 ?? startedAt ?? now;
  return {
    elapsed: Math.max(0, now - t0 - spec.warmUp.ms),
    whole: spec.throughout ? spec.deadline.ms : spec.length.ms,
    streak: live ? Math.min(...live.heartbeat.state.criteria.map((criterion) => criterion.streak)) : 0,
    needed: requiredSamples(spec),
  };
}

/** Until when a running window may take, and what happens then. */
export function deadlineLines(record: Running, then: string, view: View, indent: string): Line[] {
  if (!record.window) return [];
  const text = `may take ${untilText(record.window.deadlineAt, view.now)}, then ${then}`;
  return hanging(indent, text, view.columns).map((part) => line(view.paint('dim', part), keep.detail));
}

/** One line for each criterion: how it stands, its latest value against its bound, and the way there. */
export function criterionLines(spec: WindowSpec, live: LiveWindow, view: View, indent: string): Line[] {
  const samples = live.heartbeat.pending;
  const rows = spec.criteria.map((criterion, index) => {
    const state = live.heartbeat.state.criteria[index];
    const values = samples.map((sample) => {
      const reading = sample.readings[criterion.metric];
      return reading?.kind === 'value' ? reading.value : undefined;
    });
    return [
      standing(state, view.paint),
      criterion.text,
      latest(criterion, state),
      view.paint('info', sparkline(values, sparkColumns)),
      note(criterion, state),
    ];
  });
  return table(rows).map((text) => line(indent + text, keep.current));
}

function standing(state: CriterionState | undefined, paint: Paint): string {
  if (!state) return paint('dim', '· no sample');
  if (state.invalidInARow > 0) return paint('warn', '? no data');
  if (state.streak > 0) return paint('good', '✔ ok');
  return state.breaches > 0 ? paint('bad', '✖ breach') : paint('dim', '· no sample');
}

function latest(criterion: Criterion, state: CriterionState | undefined): string {
  if (state?.last === undefined) return '–';
  const base =
    state.baseline === undefined ? '' : ` (baseline ${formatValue(criterion.unit, state.baseline, liveDigits)})`;
  return formatValue(criterion.unit, state.last, liveDigits) + base;
}

function note(criterion: Criterion, state: CriterionState | undefined): string {
  if (!state) return '';
  if (state.invalidInARow > 0) return `${state.invalidInARow} in a row: ${state.problem ?? 'no data'}`;
  if (state.breaches === 0) return '';
  const worst = state.worst === undefined ? '' : `, worst ${formatValue(criterion.unit, state.worst)}`;
  return `${state.breaches} ${state.breaches === 1 ? 'breach' : 'breaches'}${worst}`;
}
