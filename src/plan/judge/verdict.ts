import type { SampleClass, Verdict } from '../judge-types.js';
import type { WindowSpec } from '../model.js';
import { hasLostCoverage } from './criterion.js';
import { requiredSamples } from './grid.js';
import { lacksBase } from './measure.js';
import {
  blindReason,
  breachReason,
  coverageReason,
  criticalReason,
  lastingReason,
  lateReason,
  missedReason,
  trafficBlindReason,
  trafficReason,
} from './reasons.js';
import type { Judged } from './reasons.js';
import type { WindowHold, WindowState } from './state.js';
import { hasTraffic } from './traffic.js';

/** The criteria of a window, each with its state. */
export function judgedOf(spec: WindowSpec, state: WindowState): Judged[] {
  return spec.criteria.flatMap((criterion, index) => {
    const criterionState = state.criteria[index];
    return criterionState ? [{ criterion, state: criterionState }] : [];
  });
}

/** Why the window fails at once: all such reasons of this sample, or undefined. */
export function failureOf(spec: WindowSpec, state: WindowState, classes: readonly SampleClass[]): string | undefined {
  const reasons = judgedOf(spec, state).flatMap((judged, index) => {
    if (judged.state.criticalInARow >= spec.criticalInARow) return [criticalReason(judged)];
    if ((judged.state.breachesInARow ?? 0) >= requiredSamples(spec)) return [lastingReason(spec, judged)];
    return judged.criterion.onBreach === 'fail' && classes[index] === 'breach' ? [breachReason(judged)] : [];
  });
  return reasons.length > 0 ? reasons.join('; ') : undefined;
}

/** Why the window cannot be judged any further, or undefined. */
export function blindnessOf(spec: WindowSpec, state: WindowState): string | undefined {
  const reasons = judgedOf(spec, state).flatMap((judged) => {
    if (judged.state.invalidInARow >= spec.invalidInARow) return [blindReason(judged)];
    return hasLostCoverage(spec, judged.state) ? [coverageReason(spec, judged)] : [];
  });
  const { traffic } = state;
  if (traffic && traffic.invalidInARow >= spec.invalidInARow) reasons.push(trafficBlindReason(spec, traffic));
  return reasons.length > 0 ? reasons.join('; ') : undefined;
}

/** Whether a criterion has nothing to compare with: no later sample can mend that. */
export function lacksBaseline(spec: WindowSpec, state: WindowState): boolean {
  return judgedOf(spec, state).some(({ criterion, state: { baseline, counter } }) => {
    const relative = criterion.baseline !== undefined && (baseline ?? 0) === 0;
    return relative || lacksBase(counter);
  });
}

/** The criteria whose unbroken stretch does not span the window's length. */
export function unpassed(spec: WindowSpec, state: WindowState): Judged[] {
  return judgedOf(spec, state).filter((judged) => judged.state.streak < requiredSamples(spec));
}

/** FAIL when a criterion that has not passed saw a breach: the one that broke most often is named. Else HOLD. */
export function decideLate(spec: WindowSpec, state: WindowState): WindowState {
  const open = unpassed(spec, state);
  const [worst] = open
    .filter((judged) => judged.state.breaches > 0)
    .toSorted((a, b) => b.state.breaches - a.state.breaches);
  if (worst) return decide(state, 'FAIL', missedReason(spec, worst));
  const traffic = hasTraffic(spec, state.traffic) ? undefined : trafficReason(spec, state.traffic);
  return holdAt(state, { cause: 'deadline', sinceK: state.nextK - 1 }, lateReason(spec, open, traffic));
}

export function decide(state: WindowState, verdict: Exclude<Verdict, 'HOLD'>, reason: string): WindowState {
  const { hold: _hold, ...rest } = state;
  return { ...rest, verdict, reason };
}

export function holdAt(state: WindowState, hold: WindowHold, reason: string): WindowState {
  return { ...state, verdict: 'HOLD', hold, reason };
}
