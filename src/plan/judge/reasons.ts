import type { Criterion, WindowSpec } from '../model.js';
import { counted, instantText } from '../text/spans.js';
import { formatValue } from './format.js';
import { requiredSamples } from './grid.js';
import type { CriterionState, TrafficState } from './state.js';

/** The sentences of verdicts: what was measured, when, and against what. */

/** A criterion with its state, as the judge passes them around. */
export interface Judged {
  criterion: Criterion;
  state: CriterionState;
}

function valueText({ criterion, state }: Judged, value: number | undefined): string {
  const shown = value === undefined ? 'not measured' : formatValue(criterion.unit, value);
  const base = state.baseline === undefined ? '' : ` (baseline ${formatValue(criterion.unit, state.baseline)})`;
  return `${shown}${base}`;
}

function timeText(at: number | undefined): string {
  return at === undefined ? 'an unknown time' : instantText(at);
}

export function criticalReason(judged: Judged): string {
  const { criterion, state } = judged;
  const { metric, critical } = criterion;
  const row =
    state.criticalInARow === 1
      ? `at ${timeText(state.criticalAt)}`
      : `on ${state.criticalInARow} measured samples in a row, from ${timeText(state.criticalFrom)} to ${timeText(state.criticalAt)}`;
  return `${metric} was beyond its critical threshold (${critical?.text ?? ''}) ${row}, at last ${valueText(judged, state.last)}`;
}

export function breachReason(judged: Judged): string {
  const { criterion, state } = judged;
  const what = criterion.increase ? `${criterion.metric} rose by` : `${criterion.metric} was`;
  return `"${criterion.text}" was broken: ${what} ${valueText(judged, state.last)} at ${timeText(state.lastAt)}, and one breach is enough`;
}

/** Of a window that is watched throughout. */
export function lastingReason(spec: WindowSpec, judged: Judged): string {
  const { criterion, state } = judged;
  return (
    `"${criterion.text}" was broken on all of ${state.breachesInARow ?? 0} samples in a row (${spec.length.planned}), ` +
    `at last ${criterion.metric} ${valueText(judged, state.last)} at ${timeText(state.lastAt)}`
  );
}

export function missedReason(spec: WindowSpec, judged: Judged): string {
  const { criterion, state } = judged;
  const all = state.ok + state.breaches + state.notValid;
  return (
    `"${criterion.text}" did not hold for ${spec.length.planned} without a break before the deadline (${spec.deadline.planned}): ` +
    `${state.breaches} of ${all} samples broke it, worst ${criterion.metric} ${valueText(judged, state.worst)} at ${timeText(state.worstAt)}`
  );
}

export function blindReason(judged: Judged): string {
  const { criterion, state } = judged;
  return `${criterion.metric} could not be judged on ${counted(state.invalidInARow, 'sample')} in a row (${state.problem ?? 'no data'})`;
}

export function coverageReason(spec: WindowSpec, judged: Judged): string {
  const { criterion, state } = judged;
  return (
    `${criterion.metric} has too many gaps: ${counted(state.recentGaps.length, 'sample')} without a valid value, so "${criterion.text}" ` +
    `can no longer reach a coverage of ${formatValue('ratio', spec.coverage)} (${state.problem ?? 'no data'})`
  );
}

export function trafficBlindReason(spec: WindowSpec, traffic: TrafficState): string {
  return `the traffic (${spec.minTraffic?.metric ?? ''}) could not be read on ${counted(traffic.invalidInARow, 'sample')} in a row (${traffic.problem ?? 'no data'})`;
}

export function trafficReason(spec: WindowSpec, traffic: TrafficState | undefined): string {
  const { metric = '', atLeast = 0 } = spec.minTraffic ?? {};
  const seen = formatValue('count', traffic?.counter.counted ?? 0);
  return `${metric} rose by ${seen} where the plan asks for ${formatValue('count', atLeast)}`;
}

/** `open`: the criteria that have not passed; `traffic`: what is wrong with it, if anything. */
export function lateReason(spec: WindowSpec, open: readonly Judged[], traffic: string | undefined): string {
  const parts = open.map(({ criterion, state }) => {
    const all = state.ok + state.breaches + state.notValid;
    return `"${criterion.text}" was ok on ${state.ok} of ${all} samples (${state.problem ?? 'too few for its length'})`;
  });
  if (traffic !== undefined) parts.push(traffic);
  if (parts.length === 0) parts.push('the last sample was not ok for every criterion');
  return `the deadline (${spec.deadline.planned}) has passed without a verdict: ${parts.join('; ')}`;
}

export function passReason(spec: WindowSpec): string {
  const count = spec.criteria.length;
  const what = count === 1 ? `"${spec.criteria[0]?.text ?? ''}" held` : `all ${count} criteria held`;
  if (spec.throughout)
    return `watched for ${spec.deadline.planned}: ${what} at its end, for ${spec.length.planned} without a break`;
  return `${what} for ${spec.length.planned} without a break (${requiredSamples(spec)} samples or more each)`;
}
