import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeAll, recover, rejudge, takeSample } from '../../../src/plan/judge.js';
import type { WindowState } from '../../../src/plan/judge.js';
import { allowedGaps, requiredSamples } from '../../../src/plan/judge/grid.js';
import type { Reading, Sample } from '../../../src/plan/judge-types.js';
import {
  baseline,
  classOf,
  firstVerdict,
  lastStretch,
  notValid,
  rankOf,
  readings,
  rowsOf,
  specs,
  start,
} from '../../support/metrics/random-windows.js';
import { samplesOf, second, span, t0, value, violations, windowSpec } from '../../support/metrics/windows.js';

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
