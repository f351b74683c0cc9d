import { hasLostCoverage, restartStretch, startCriterion, takeReading } from './judge/criterion.js';
import { latestEnd, requireJudgeable, sampleAt } from './judge/grid.js';
import { passReason } from './judge/reasons.js';
import type { WindowState } from './judge/state.js';
import { hasTraffic, startTraffic, takeTraffic } from './judge/traffic.js';
import {
  blindnessOf,
  decide,
  decideLate,
  failureOf,
  holdAt,
  judgedOf,
  lacksBaseline,
  unpassed,
} from './judge/verdict.js';
import type { Sample, SampleClass } from './judge-types.js';
import type { WindowSpec } from './model.js';

export { isDue, latestEnd, sampleAt } from './judge/grid.js';
export type { Grid } from './judge/grid.js';
export { summary } from './judge/summary.js';
export type { WindowState } from './judge/state.js';

export interface WindowOptions {
  /** Metrics whose query counts since the phase's first change by itself (`{{elapsed}}`): their base is 0. */
  sinceChange?: readonly string[];
  /**
   * `increase` criteria count from the window's first valid sample instead of the baseline: for a window whose stretch
   * has no change of its own before it.
   */
  ownBase?: boolean;
}

/**
 * A window before its first sample.
 *
 * @param t0 epoch ms at which the grid starts
 * @param baseline metric -> value before the phase's first change, canonical units. Relative criteria compare with it,
 *   `increase` criteria count from it; without one each of their samples is not valid
 * @throws Error when the window could not be judged (no criterion, a coverage of 0, …)
 */
export function startWindow(
  spec: WindowSpec,
  t0: number,
  baseline: Readonly<Record<string, number>> = {},
  { sinceChange = [], ownBase = false }: WindowOptions = {}
): WindowState {
  requireJudgeable(spec);
  const traffic = startTraffic(spec);
  return {
    t0,
    nextK: 0,
    criteria: spec.criteria.map((criterion) => {
      const base = Object.hasOwn(baseline, criterion.metric) ? baseline[criterion.metric] : undefined;
      const countsItself = sinceChange.includes(criterion.metric);
      return startCriterion(criterion, base, countsItself ? 'the query does' : ownBase ? 'first sample' : 'baseline');
    }),
    ...(traffic && { traffic }),
    sinceChange: [...sinceChange],
    heldMs: 0,
    reason: '',
  };
}

/**
 * Judges the next sample of a window that is open. In this order:
 * 1. FAIL: a critical threshold crossed on `criticalInARow` measured samples in a row, or a breach of a criterion that
 *    allows none; where it is watched `throughout`, also a criterion broken for the length without one ok sample.
 * 2. HOLD: `invalidInARow` samples in a row not valid, or too many gaps for the coverage (docs/decisions/004).
 * 3. PASS: every criterion is ok at this sample and its unbroken stretch spans the length (ceil(length / every) ok
 *    samples beyond its first), and the traffic is reached; where it is watched `throughout`, not before the deadline.
 * 4. At the deadline (t0 + warm-up + deadline + time held; twice the length later where it is watched `throughout`): FAIL
 *    if a criterion that has not passed saw a breach, else HOLD.
 *
 * @throws Error when the window is decided or held, or the sample is not the one that is due: programming errors
 */
export function judgeSample(spec: WindowSpec, state: WindowState, sample: Sample): WindowState {
  if (state.verdict !== undefined) {
    throw new Error(`this window is decided (${state.verdict}); a HOLD is left by recover`);
  }
  const { next, classes } = take(spec, state, sample);
  const failure = failureOf(spec, next, classes);
  if (failure !== undefined) return decide(next, 'FAIL', failure);
  const blindness = blindnessOf(spec, next);
  if (blindness !== undefined) {
    return holdAt(next, { cause: lacksBaseline(spec, next) ? 'baseline' : 'data', sinceK: sample.k }, blindness);
  }
  const held = classes.every((sampleClass) => sampleClass === 'ok') && unpassed(spec, next).length === 0;
  const start = sampleAt(spec, state.t0, 0) + state.heldMs;
  const mayPass = !spec.throughout || sample.at >= start + spec.deadline.ms;
  if (held && mayPass && hasTraffic(spec, next.traffic)) return decide(next, 'PASS', passReason(spec));
  if (sample.at < start + latestEnd(spec)) return next;
  return decideLate(spec, next);
}

/**
 * Takes a sample of a window that is held. One that is valid for everything ends a HOLD for missing data: verdict and
 * `hold` are gone, the counts of samples that were not valid start again, and so does a stretch that lost its coverage
 * (samples missed during the HOLD count as gaps too: half an hour with a hole is not unbroken). The time held moves the
 * deadline. What no sample can mend (see `canRecover`) stays a HOLD: people decide. Measured badness ends any HOLD as
 * FAIL, as in `judgeSample`; nothing passes here.
 */
export function recover(spec: WindowSpec, state: WindowState, sample: Sample): WindowState {
  const { hold } = state;
  if (hold === undefined) throw new Error('only a window that is held can recover');
  const { next, classes } = take(spec, state, sample);
  const failure = failureOf(spec, next, classes);
  if (failure !== undefined) return decide(next, 'FAIL', failure);
  const allValid = classes.every((sampleClass) => sampleClass === 'ok' || sampleClass === 'breach');
  if (!canRecover(state) || !allValid || (next.traffic?.invalidInARow ?? 0) > 0) return next;
  const { verdict: _verdict, hold: _hold, ...open } = next;
  return {
    ...open,
    criteria: next.criteria.map((criterion, index) =>
      hasLostCoverage(spec, criterion) ? restartStretch(criterion, classes[index] ?? 'error') : criterion
    ),
    heldMs: state.heldMs + (sample.k - hold.sinceK) * spec.every.ms,
    reason: '',
  };
}

/** Whether data that comes back can end the HOLD of a window; a deadline or a missing baseline is for people. */
export function canRecover(state: WindowState): boolean {
  return state.hold?.cause === 'data';
}

/** `judgeSample` or, while the window is held, `recover`. */
export function takeSample(spec: WindowSpec, state: WindowState, sample: Sample): WindowState {
  return state.verdict === 'HOLD' ? recover(spec, state, sample) : judgeSample(spec, state, sample);
}

/**
 * Judges samples in their order until PASS or FAIL; what comes after that is left alone. Fewer samples than it takes
 * leave the verdict undefined: an early end is never a pass.
 */
export function judgeAll(spec: WindowSpec, state: WindowState, samples: Iterable<Sample>): WindowState {
  let current = state;
  for (const sample of samples) {
    if (current.verdict === 'PASS' || current.verdict === 'FAIL') break;
    current = takeSample(spec, current, sample);
  }
  return current;
}

/** Computes a verdict again from evidence: the samples of a window since its start. Parameters as in `startWindow`. */
export function rejudge(
  spec: WindowSpec,
  t0: number,
  samples: Iterable<Sample>,
  baseline?: Readonly<Record<string, number>>,
  options?: WindowOptions
): WindowState {
  return judgeAll(spec, startWindow(spec, t0, baseline, options), samples);
}

function take(spec: WindowSpec, state: WindowState, sample: Sample): { next: WindowState; classes: SampleClass[] } {
  const at = sampleAt(spec, state.t0, state.nextK);
  if (sample.k !== state.nextK || sample.at !== at) {
    throw new Error(`sample ${sample.k} at ${sample.at} is not the one that is due (${state.nextK} at ${at})`);
  }
  if (state.criteria.length !== spec.criteria.length) throw new Error('this state belongs to another window');
  const taken = judgedOf(spec, state).map((each) => takeReading(spec, each.criterion, each.state, sample));
  const traffic = takeTraffic(spec, state, sample);
  return {
    next: { ...state, nextK: sample.k + 1, criteria: taken.map((each) => each.state), ...(traffic && { traffic }) },
    classes: taken.map((each) => each.class),
  };
}
