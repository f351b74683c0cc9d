import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeAll, recover, rejudge, startWindow, takeSample } from '../../../src/plan/judge.js';
import type { WindowState } from '../../../src/plan/judge.js';
import { allowedGaps, requiredSamples } from '../../../src/plan/judge/grid.js';
import { measure } from '../../../src/plan/judge/measure.js';
import type { Reading, Sample, SampleClass } from '../../../src/plan/judge-types.js';
import type { Criterion, WindowSpec } from '../../../src/plan/model.js';
import {
  bound,
  duration,
  samplesOf,
  second,
  span,
  t0,
  value,
  violations,
  windowSpec,
} from '../../support/metrics/windows.js';

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
const baseline = { slower: 1, duration: 1, violations: 10 };

const specs: fc.Arbitrary<WindowSpec> = fc
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
const notValid: fc.Arbitrary<Reading> = fc.constantFrom<Reading>(
  { kind: 'no-data' },
  { kind: 'invalid', reason: '2 series' },
  { kind: 'error', reason: 'HTTP 503' },
  value(Number.NaN),
  value(Number.POSITIVE_INFINITY)
);
const readings = fc.oneof({ weight: 7, arbitrary: values }, { weight: 1, arbitrary: notValid });

function rowsOf(of: fc.Arbitrary<Reading>): fc.Arbitrary<Record<string, Reading>[]> {
  const row = fc.record({ latency: of, errors: of, slower: of });
  return fc
    .array(row, { minLength: 1, maxLength: 40 })
    .map((rows) => rows.map((each, index) => ({ ...each, requests: value(index) })));
}

function start(spec: WindowSpec): WindowState {
  return startWindow(spec, t0, baseline);
}

/** The first verdict of a window that nobody lets go on after a HOLD. */
function firstVerdict(spec: WindowSpec, samples: readonly Sample[]): WindowState {
  let state = start(spec);
  for (const sample of samples) {
    if (state.verdict !== undefined) break;
    state = takeSample(spec, state, sample);
  }
  return state;
}

const rank = { FAIL: 0, HOLD: 1, undecided: 2, PASS: 3 } as const;
function rankOf(state: WindowState): number {
  return rank[state.verdict ?? 'undecided'];
}

function classOf(criterion: Criterion, sample: Sample): SampleClass {
  return measure(criterion, sample.readings[criterion.metric], { baseline: 1 }).class;
}

/** The samples of one criterion that its last `required` ok samples span, walking back from the last sample. */
function lastStretch(spec: WindowSpec, criterion: Criterion, samples: readonly Sample[]): SampleClass[] {
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

describe('the judge, whatever the samples', () => {
  it('never gives a better verdict for a worse measurement', () => {
    const worse = fc.array(
      fc.record({
        at: fc.nat(39),
        metric: fc.constantFrom('latency', 'errors', 'slower'),
        by: fc.constantFrom(1, 2, 3, 5),
      }),
      { minLength: 1, maxLength: 5 }
    );
    fc.assert(
      fc.property(specs, rowsOf(readings), worse, fc.boolean(), (spec, rows, changes, recovering) => {
        const worseRows = rows.map((row) => ({ ...row }));
        for (const { at, metric, by } of changes) {
          const row = worseRows[at];
          const reading = row?.[metric];
          if (row && reading?.kind === 'value') row[metric] = value(reading.value + by);
        }
        const run = recovering
          ? (given: typeof rows) => judgeAll(spec, start(spec), samplesOf(spec, given))
          : (given: typeof rows) => firstVerdict(spec, samplesOf(spec, given));
        const [better, poorer] = [run(rows), run(worseRows)];
        // A window that fails early has seen less; at the same length its verdict may only be worse.
        expect(rankOf(poorer)).toBeLessThanOrEqual(rankOf(better));
      }),
      { numRuns: 1500 }
    );
  });

  it('never passes because an ok sample is missing', () => {
    fc.assert(
      fc.property(specs, rowsOf(readings), fc.nat(39), notValid, (spec, rows, at, hole) => {
        const isOk = (reading?: Reading): boolean => reading?.kind === 'value' && reading.value <= 1;
        const row = rows[at];
        fc.pre(row !== undefined && isOk(row['latency']) && isOk(row['slower']));
        const holed = rows.map((each) => (each === row ? { ...each, latency: hole, slower: hole } : each));
        if (firstVerdict(spec, samplesOf(spec, rows)).verdict === 'PASS') return;
        expect(firstVerdict(spec, samplesOf(spec, holed)).verdict).not.toBe('PASS');
      }),
      { numRuns: 1000 }
    );
  });

  it('goes on after a crash at any sample as if nothing had happened', () => {
    fc.assert(
      fc.property(specs, rowsOf(readings), fc.nat(40), (spec, rows, crash) => {
        const samples = samplesOf(spec, rows);
        const whole = judgeAll(spec, start(spec), samples);
        const before = judgeAll(spec, start(spec), samples.slice(0, crash));
        const restored = JSON.parse(JSON.stringify(before)) as WindowState;
        expect(restored).toEqual(before);
        expect(judgeAll(spec, restored, samples.slice(crash))).toEqual(whole);
      }),
      { numRuns: 1000 }
    );
  });

  it('never passes when nothing was measured', () => {
    fc.assert(
      fc.property(specs, rowsOf(notValid), (spec, rows) => {
        const state = judgeAll(spec, start(spec), samplesOf(spec, rows));
        expect(['HOLD', undefined]).toContain(state.verdict);
        if (rows.length >= spec.invalidInARow) expect(state.verdict).toBe('HOLD');
      }),
      { numRuns: 500 }
    );
  });

  it('never passes on an early end: fewer samples than the length needs', () => {
    fc.assert(
      fc.property(specs, rowsOf(readings), (spec, rows) => {
        const few = samplesOf(spec, rows).slice(0, requiredSamples(spec) - 1);
        expect(judgeAll(spec, start(spec), few).verdict).not.toBe('PASS');
      }),
      { numRuns: 500 }
    );
  });

  it('passes only on an unbroken, covered stretch of every criterion that ends with an ok sample', () => {
    let passes = 0;
    fc.assert(
      fc.property(specs, rowsOf(readings), (spec, rows) => {
        const samples = samplesOf(spec, rows);
        const state = judgeAll(spec, start(spec), samples);
        if (state.verdict !== 'PASS') return;
        passes += 1;
        for (const criterion of spec.criteria) {
          const stretch = lastStretch(spec, criterion, samples.slice(0, state.nextK));
          const ok = stretch.filter((each) => each === 'ok').length;
          expect(stretch[0]).toBe('ok');
          expect(stretch).not.toContain('breach');
          expect(ok).toBe(requiredSamples(spec));
          expect(ok / stretch.length).toBeGreaterThanOrEqual(spec.coverage);
        }
        if (spec.minTraffic) expect(state.nextK - 1).toBeGreaterThanOrEqual(spec.minTraffic.atLeast);
      }),
      { numRuns: 1500 }
    );
    expect(passes).toBeGreaterThan(100);
  });

  it('passes no later than the first sample at which everything is fulfilled, if nothing held or failed it', () => {
    fc.assert(
      fc.property(specs, fc.integer({ min: 1, max: 30 }), (spec, count) => {
        const rows = Array.from({ length: count }, (_, k) => ({
          latency: value(1),
          errors: value(1),
          slower: value(1),
          requests: value(k * 10),
        }));
        const state = judgeAll(spec, start(spec), samplesOf(spec, rows));
        expect(state.verdict === 'PASS').toBe(count >= requiredSamples(spec));
        if (state.verdict === 'PASS') expect(state.nextK).toBe(requiredSamples(spec));
      })
    );
  });

  it('fails only on something measured', () => {
    fc.assert(
      fc.property(specs, rowsOf(readings), (spec, rows) => {
        const samples = samplesOf(spec, rows);
        const state = judgeAll(spec, start(spec), samples);
        if (state.verdict !== 'FAIL') return;
        const bad = samples
          .slice(0, state.nextK)
          .some((sample) => spec.criteria.some((criterion) => classOf(criterion, sample) === 'breach'));
        expect(bad).toBe(true);
      }),
      { numRuns: 1000 }
    );
  });

  it('keeps its state small: no more gaps than it takes to lose the coverage', () => {
    fc.assert(
      fc.property(specs, rowsOf(readings), (spec, rows) => {
        for (const criterion of judgeAll(spec, start(spec), samplesOf(spec, rows)).criteria) {
          expect(criterion.recentGaps.length).toBeLessThanOrEqual(allowedGaps(spec) + 1);
        }
      }),
      { numRuns: 500 }
    );
  });

  it('comes to the same verdict when it is judged again from evidence', () => {
    fc.assert(
      fc.property(specs, rowsOf(readings), (spec, rows) => {
        const samples = samplesOf(spec, rows);
        let state = start(spec);
        const judged: Sample[] = [];
        for (const sample of samples) {
          if (state.verdict === 'PASS' || state.verdict === 'FAIL') break;
          state = state.verdict === 'HOLD' ? recover(spec, state, sample) : takeSample(spec, state, sample);
          judged.push(sample);
        }
        expect(rejudge(spec, t0, judged, baseline)).toEqual(state);
      }),
      { numRuns: 500 }
    );
  });

  it('counts an increase that never shrinks, whatever resets there are', () => {
    const spec = windowSpec({
      length: span(1500 * second),
      deadline: span(3000 * second),
      criteria: [{ ...violations, onBreach: 'restart' }],
    });
    fc.assert(
      fc.property(fc.array(fc.nat(50), { minLength: 1, maxLength: 40 }), (raw) => {
        let state = start(spec);
        let last = 0;
        for (const sample of samplesOf(
          spec,
          raw.map((of) => ({ violations: value(of) }))
        )) {
          state = takeSample(spec, state, sample);
          const increase = state.criteria[0]?.last ?? -1;
          expect(increase).toBeGreaterThanOrEqual(last);
          last = increase;
        }
      })
    );
  });
});
