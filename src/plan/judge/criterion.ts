import type { Sample, SampleClass } from '../judge-types.js';
import type { Criterion, WindowSpec } from '../model.js';
import { allowedGaps, requiredSamples } from './grid.js';
import { badness, measure } from './measure.js';
import type { Measurement } from './measure.js';
import type { CounterState, CriterionState } from './state.js';

/** What an `increase` criterion counts from. */
export type CountsFrom = 'baseline' | 'first sample' | 'the query does';

/** The state of a criterion before the first sample. `baseline` is the metric's value before the first change. */
export function startCriterion(
  criterion: Criterion,
  baseline: number | undefined,
  countsFrom: CountsFrom
): CriterionState {
  const base = baseline === undefined || !Number.isFinite(baseline) ? undefined : baseline;
  const counter = criterion.increase && criterion.bound !== undefined ? startCounter(base, countsFrom) : undefined;
  return {
    streak: 0,
    gaps: 0,
    invalidInARow: 0,
    criticalInARow: 0,
    ok: 0,
    breaches: 0,
    notValid: 0,
    recentGaps: [],
    ...(criterion.baseline && base !== undefined && { baseline: base }),
    ...(counter && { counter }),
  };
}

function startCounter(base: number | undefined, countsFrom: CountsFrom): CounterState | undefined {
  if (countsFrom === 'the query does') return undefined;
  if (countsFrom === 'first sample') return { counted: 0, fromFirst: true };
  return { ...(base !== undefined && { lastRaw: base }), counted: 0 };
}

/** Takes one sample: ok extends the stretch, a breach ends it, what is not valid leaves a gap in it. */
export function takeReading(
  spec: WindowSpec,
  criterion: Criterion,
  state: CriterionState,
  sample: Sample
): { state: CriterionState; class: SampleClass } {
  const reading = Object.hasOwn(sample.readings, criterion.metric) ? sample.readings[criterion.metric] : undefined;
  const measured = measure(criterion, reading, state);
  const next = { ...state, ...remember(criterion, state, measured, sample.at) };
  if (measured.counter) next.counter = measured.counter;
  if (measured.class === 'ok') {
    next.streak += 1;
    next.ok += 1;
    next.invalidInARow = 0;
    if (spec.throughout) next.breachesInARow = 0;
  } else if (measured.class === 'breach') {
    next.streak = 0;
    next.gaps = 0;
    next.breaches += 1;
    next.invalidInARow = 0;
    if (spec.throughout) next.breachesInARow = (state.breachesInARow ?? 0) + 1;
  } else {
    next.gaps += state.streak > 0 ? 1 : 0;
    next.notValid += 1;
    next.invalidInARow += 1;
    next.problem = measured.problem ?? measured.class;
    next.recentGaps = [...state.recentGaps, sample.k];
  }
  next.recentGaps = trim(spec, next.recentGaps, sample.k);
  return { state: next, class: measured.class };
}

/** Whether so many samples are missing that the stretch can no longer have the coverage that the window asks for. */
export function hasLostCoverage(spec: WindowSpec, state: CriterionState): boolean {
  return state.recentGaps.length > allowedGaps(spec);
}

/** Starts the stretch again at this sample, with the gaps forgotten: the coverage of the old one is lost. */
export function restartStretch(state: CriterionState, sampleClass: SampleClass): CriterionState {
  return { ...state, streak: sampleClass === 'ok' ? 1 : 0, gaps: 0, recentGaps: [] };
}

/**
 * A breach does not wipe out the gaps before it: if it did, one more bad sample could turn a HOLD for lost coverage
 * into a PASS. So gaps count while they lie within the span of a stretch that just reaches its coverage.
 */
function trim(spec: WindowSpec, gaps: readonly number[], k: number): number[] {
  const allowed = allowedGaps(spec);
  const oldest = k - (requiredSamples(spec) + allowed) + 1;
  return gaps.filter((gap) => gap >= oldest).slice(-(allowed + 1));
}

/** A value that was not measured leaves the critical count as it is: it neither extends nor ends the row. */
function remember(
  criterion: Criterion,
  state: CriterionState,
  { value, critical, class: sampleClass }: Measurement,
  at: number
): Partial<CriterionState> {
  if (value === undefined) return {};
  const judged = sampleClass === 'ok' || sampleClass === 'breach';
  return {
    last: value,
    lastAt: at,
    ...(judged && isWorse(criterion, state, value) && { worst: value, worstAt: at }),
    criticalInARow: critical ? state.criticalInARow + 1 : 0,
    ...(critical && { criticalFrom: state.criticalInARow === 0 ? at : state.criticalFrom, criticalAt: at }),
  };
}

function isWorse(criterion: Criterion, { worst, baseline = 0 }: CriterionState, value: number): boolean {
  return worst === undefined || badness(criterion, value, baseline) > badness(criterion, worst, baseline);
}
