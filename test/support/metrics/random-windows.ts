import fc from 'fast-check';
import { startWindow, takeSample } from '../../../src/plan/judge.js';
import type { WindowState } from '../../../src/plan/judge.js';
import { requiredSamples } from '../../../src/plan/judge/grid.js';
import { measure } from '../../../src/plan/judge/measure.js';
import type { Reading, Sample, SampleClass } from '../../../src/plan/judge-types.js';
import type { Criterion, WindowSpec } from '../../../src/plan/model.js';
import { bound, duration, second, span, t0, value } from './windows.js';

/** Three criteria of which larger is worse, so that "worse" has one meaning. */
const latency: Criterion = {
  metric: 'latency',
  unit: 'seconds',
  text: 'latency < 2s',
  bound: bound('<', 2),
  critical: bound('>', 5),
  onBreach: 'restart',
  increase: false,
};
const errors: Criterion = { ...latency, metric: 'errors', unit: 'ratio', text: 'errors < 2', onBreach: 'fail' };
const slower: Criterion = { ...duration, metric: 'slower', text: 'slower', baseline: { side: 'above', ratio: 1 } };
export const baseline = { slower: 1, duration: 1, violations: 10 };

export const specs: fc.Arbitrary<WindowSpec> = fc
  .record({
    samples: fc.integer({ min: 1, max: 8 }),
    slack: fc.integer({ min: 0, max: 14 }),
    criteria: fc.subarray([latency, { ...errors, onBreach: 'restart' as const }, errors, slower], { minLength: 1 }),
    coverage: fc.constantFrom(0.3, 0.5, 0.75, 0.9, 1),
    invalidInARow: fc.integer({ min: 1, max: 4 }),
    criticalInARow: fc.integer({ min: 1, max: 3 }),
    traffic: fc.boolean(),
  })
  .map(({ samples, slack, traffic, ...rest }) => ({
    ...rest,
    length: span(samples * second),
    every: span(second),
    warmUp: span(0),
    deadline: span((samples + slack) * second),
    ...(traffic && { minTraffic: { metric: 'requests', atLeast: 4 } }),
  }));

/** 1 is ok for all criteria above, 3 breaks them, 6 is critical too. Mostly ok, so that windows get somewhere. */
const values = fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, fc.constantFrom(0, 3, 6)).map(value);
export const notValid: fc.Arbitrary<Reading> = fc.constantFrom<Reading>(
  { kind: 'no-data' },
  { kind: 'invalid', reason: '2 series' },
  { kind: 'error', reason: 'HTTP 503' },
  value(Number.NaN),
  value(Number.POSITIVE_INFINITY)
);
export const readings = fc.oneof({ weight: 7, arbitrary: values }, { weight: 1, arbitrary: notValid });

export function rowsOf(of: fc.Arbitrary<Reading>): fc.Arbitrary<Record<string, Reading>[]> {
  const row = fc.record({ latency: of, errors: of, slower: of });
  return fc
    .array(row, { minLength: 1, maxLength: 40 })
    .map((rows) => rows.map((each, index) => ({ ...each, requests: value(index) })));
}

/** The window before its first sample, with the baseline above. */
export function start(spec: WindowSpec): WindowState {
  return startWindow(spec, t0, baseline);
}

/** The first verdict of a window that nobody lets go on after a HOLD. */
export function firstVerdict(spec: WindowSpec, samples: readonly Sample[]): WindowState {
  let state = start(spec);
  for (const sample of samples) {
    if (state.verdict !== undefined) break;
    state = takeSample(spec, state, sample);
  }
  return state;
}

const rank = { FAIL: 0, HOLD: 1, undecided: 2, PASS: 3 } as const;
export function rankOf(state: WindowState): number {
  return rank[state.verdict ?? 'undecided'];
}

export function classOf(criterion: Criterion, sample: Sample): SampleClass {
  return measure(criterion, sample.readings[criterion.metric], { baseline: 1 }).class;
}

/** The samples of one criterion that its last `required` ok samples span, walking back from the last sample. */
export function lastStretch(spec: WindowSpec, criterion: Criterion, samples: readonly Sample[]): SampleClass[] {
  const classes: SampleClass[] = [];
  let ok = 0;
  for (const sample of samples.toReversed()) {
    if (ok === requiredSamples(spec)) break;
    const sampleClass = classOf(criterion, sample);
    classes.push(sampleClass);
    ok += sampleClass === 'ok' ? 1 : 0;
  }
  return classes;
}
