import { describe, expect, it } from 'vitest';
import { startWindow, takeSample } from '../../../src/plan/judge.js';
import {
  bound,
  judge,
  judgeRows,
  responseTime,
  signs,
  successRate,
  t0,
  value,
  violations,
  windowSpec,
} from '../../support/metrics/windows.js';

const spec = windowSpec();

describe('a critical threshold', () => {
  it('fails the window at once when it is crossed on two samples in a row, naming value, bound and both instants', () => {
    expect(judge(spec, '..!').verdict).toBeUndefined();
    expect(judge(spec, '..!.!').verdict).toBeUndefined();
    expect(judge(spec, '..!x!').verdict).toBeUndefined();
    const failed = judge(spec, '..!!');
    expect(failed).toMatchObject({ verdict: 'FAIL', nextK: 4 });
    expect(failed.reason).toBe(
      'success_rate was beyond its critical threshold (< 85%) on 2 measured samples in a row, ' +
        'from 2026-11-22 10:00:30Z to 2026-11-22 10:00:45Z, at last 80%'
    );
  });

  it.each(['!-!', '!?!', '!e!', '!--!'])('is counted on over samples that are not valid (%s)', (text) => {
    expect(judge(spec, text)).toMatchObject({ verdict: 'FAIL', nextK: text.length });
  });

  it('counts the row anew after a value that is not critical', () => {
    const failed = judge(spec, '!.!!');
    expect(failed.verdict).toBe('FAIL');
    expect(failed.reason).toContain('from 2026-11-22 10:00:30Z to 2026-11-22 10:00:45Z');
  });

  it('needs as many samples as the window says', () => {
    const once = judge({ ...spec, criticalInARow: 1 }, '.!');
    expect(once).toMatchObject({ verdict: 'FAIL', nextK: 2 });
    expect(once.reason).toBe(
      'success_rate was beyond its critical threshold (< 85%) at 2026-11-22 10:00:15Z, at last 80%'
    );
    expect(judge({ ...spec, criticalInARow: 3 }, '!!').verdict).toBeUndefined();
    expect(judge({ ...spec, criticalInARow: 3 }, '!!!').verdict).toBe('FAIL');
  });

  it('fails before missing data holds, and before anything passes', () => {
    const two = windowSpec({ criteria: [successRate, responseTime] });
    const rows = [2, 1, 0].map((left) => ({
      success_rate: value(left < 2 ? 0.8 : 0.99),
      response_time: value(Number.NaN),
    }));
    expect(judgeRows(two, rows).verdict).toBe('FAIL');
    const odd = { ...successRate, critical: bound('<', 0.995) };
    expect(judge(windowSpec({ criteria: [odd], criticalInARow: 11 }), '.'.repeat(11)).verdict).toBe('FAIL');
  });

  it('names every criterion that failed at the same sample', () => {
    const two = windowSpec({ criteria: [successRate, responseTime], criticalInARow: 1 });
    const { reason } = judgeRows(two, [{ success_rate: value(0.8), response_time: value(6) }]);
    expect(reason).toContain('success_rate was beyond');
    expect(reason).toContain(
      '; response_time was beyond its critical threshold (> 5s) at 2026-11-22 10:00:00Z, at last 6s'
    );
  });

  it('that a criterion does not have is never crossed', () => {
    const { critical: _none, ...calm } = successRate;
    expect(judge(windowSpec({ criteria: [calm] }), '!!!!').verdict).toBeUndefined();
  });
});

describe('a criterion that allows no breach', () => {
  const strict = windowSpec({ criteria: [{ ...successRate, onBreach: 'fail' }] });

  it('fails at the first one, naming the value and the instant', () => {
    const failed = judge(strict, '...x');
    expect(failed).toMatchObject({ verdict: 'FAIL', nextK: 4 });
    expect(failed.reason).toBe(
      '"success_rate > 95%" was broken: success_rate was 90% at 2026-11-22 10:00:45Z, and one breach is enough'
    );
  });

  it('fails while the window is held too', () => {
    const held = judge(strict, '---');
    expect(held.verdict).toBe('HOLD');
    const [sample] = signs(strict, 'x', 3);
    if (!sample) throw new Error('a sample is needed');
    const failed = takeSample(strict, held, sample);
    expect(failed).toMatchObject({ verdict: 'FAIL', nextK: 4 });
    expect(failed.hold).toBeUndefined();
  });

  it('says by how much a count rose', () => {
    const { reason } = judgeRows(windowSpec({ criteria: [violations] }), [{ violations: value(7) }], { violations: 5 });
    expect(reason).toContain('"violations == 0" was broken: violations rose by 2 at');
  });
});

describe('a window that could pass without measuring', () => {
  it.each([
    ['it has no criterion', windowSpec({ criteria: [] })],
    ['length and every must be above 0', windowSpec({ length: { ms: 0, planned: '0s' } })],
    ['length and every must be above 0', windowSpec({ every: { ms: 0, planned: '0s' } })],
    ['length and every must be above 0', windowSpec({ every: { ms: Number.NaN, planned: '?' } })],
    ['the deadline must not be shorter', windowSpec({ deadline: { ms: 149_999, planned: '149s' } })],
    ['the warm-up must not be negative', windowSpec({ warmUp: { ms: -1, planned: '-1s' } })],
    ['the coverage must lie above 0', windowSpec({ coverage: 0 })],
    ['the coverage must lie above 0', windowSpec({ coverage: 1.01 })],
    ['the coverage must lie above 0', windowSpec({ coverage: Number.NaN })],
    ['the counts in a row must be 1 or more', windowSpec({ invalidInARow: 0 })],
    ['the counts in a row must be 1 or more', windowSpec({ criticalInARow: 0 })],
    ['the minimum of traffic', windowSpec({ minTraffic: { metric: 'requests', atLeast: Number.NaN } })],
    [
      'needs a bound or a baseline, and not both',
      windowSpec({ criteria: [{ ...successRate, baseline: { side: 'within', ratio: 0.2 } }] }),
    ],
    [
      'the bound of "success_rate > 95%" must be a number',
      windowSpec({ criteria: [{ ...successRate, bound: bound('>', Number.NaN) }] }),
    ],
  ])('is refused before its first sample: %s', (message, bad) => {
    expect(() => startWindow(bad, t0)).toThrow(message);
  });

  it('is not one with the least of everything', () => {
    const { bound: _none, ...relative } = successRate;
    const least = windowSpec({
      length: { ms: 1, planned: '1ms' },
      every: { ms: 1, planned: '1ms' },
      coverage: 1,
      minTraffic: { metric: 'requests', atLeast: 0 },
      criteria: [{ ...relative, baseline: { side: 'within', ratio: 0 } }],
    });
    expect(startWindow(least, t0).nextK).toBe(0);
  });

  it('is refused when a criterion has neither bound nor baseline', () => {
    const { bound: _none, ...empty } = successRate;
    expect(() => startWindow(windowSpec({ criteria: [empty] }), t0)).toThrow('needs a bound or a baseline');
    const negative = { ...empty, baseline: { side: 'within', ratio: -0.1 } as const };
    expect(() => startWindow(windowSpec({ criteria: [negative] }), t0)).toThrow('must be 0 or more');
  });
});
