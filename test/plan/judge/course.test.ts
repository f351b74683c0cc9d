import { describe, expect, it } from 'vitest';
import { courseOf } from '../../../src/plan/judge/course.js';
import { judgeAll, sampleAt, startWindow } from '../../../src/plan/judge.js';
import type { Reading, Sample } from '../../../src/plan/judge-types.js';
import {
  duration,
  second,
  signs,
  span,
  successRate,
  t0,
  violations,
  windowSpec,
} from '../../support/metrics/windows.js';

const value = (number: number): Reading => ({ kind: 'value', value: number });
const spec = windowSpec({ criteria: [successRate, violations, duration], invalidInARow: 9, coverage: 0.3 });
const from = startWindow(spec, t0, { violations: 7, duration: 2 });
const samples: Sample[] = [
  [value(0.99), value(7), value(2)],
  [value(0.9), value(7), value(2.3)],
  [{ kind: 'no-data' } as const, value(7), value(2.5)],
  [{ kind: 'error', reason: 'refused' } as const, value(9), value(2)],
].map(([success_rate, counted, took], k) => ({
  k,
  at: sampleAt(spec, t0, k),
  readings: { success_rate, violations: counted, duration: took } as Record<string, Reading>,
}));

describe('the course of a window', () => {
  it('leads to the state that the judge comes to', () => {
    expect(courseOf(spec, from, samples).state).toEqual(judgeAll(spec, from, samples));
  });

  it('has every sample as its criterion saw it: values, increases, what they are compared with, and why not', () => {
    const [success, counter, relative] = courseOf(spec, from, samples).criteria;
    expect(success?.points.map(({ class: judged, value: seen, problem }) => [judged, seen, problem])).toEqual([
      ['ok', 0.99, undefined],
      ['breach', 0.9, undefined],
      ['no-data', undefined, 'no data'],
      ['error', undefined, 'refused'],
    ]);
    expect(counter?.points.map((point) => point.value)).toEqual([0, 0, 0, 2]);
    expect(relative?.baseline).toBe(2);
    expect(relative?.points.map((point) => point.class)).toEqual(['ok', 'ok', 'breach', 'ok']);
  });

  it('ends where the verdict is: what was sampled after it decided nothing', () => {
    const late = { ...samples[0], k: 4, at: sampleAt(spec, t0, 4) } as Sample;
    const { criteria, state } = courseOf(spec, from, [...samples, late]);
    expect(state.verdict).toBe('FAIL');
    expect(criteria.map(({ points }) => points.length)).toEqual([4, 4, 4]);
  });

  it('ends with a PASS too, however bad what came after it', () => {
    const two = windowSpec({ length: span(15 * second), criteria: [successRate] });
    const course = courseOf(two, startWindow(two, t0), signs(two, '..x!!'));
    expect(course.state).toMatchObject({ verdict: 'PASS', nextK: 2 });
    expect(course.criteria[0]?.points.map((point) => point.class)).toEqual(['ok', 'ok']);
  });

  it('refuses samples of another window', () => {
    expect(() => courseOf(spec, { ...from, t0: t0 + 1 }, samples)).toThrow('is not the one that is due');
  });
});
