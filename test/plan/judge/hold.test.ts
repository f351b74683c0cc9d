import { describe, expect, it } from 'vitest';
import type { Reading } from '../../../src/plan/judge-types.js';
import {
  judge,
  judgeRows,
  responseTime,
  samplesOf,
  successRate,
  value,
  windowSpec,
} from '../../support/metrics/windows.js';

/** Loose enough that three in a row come before the coverage is lost; `strict` allows one gap. */
const spec = windowSpec({ coverage: 0.75 });
const strict = windowSpec({ coverage: 0.9 });
const ok = (count: number): string => '.'.repeat(count);

describe('samples that are not valid', () => {
  it.each(['---', '???', 'eee', '-?e'])('hold the window at once when three come in a row (%s)', (text) => {
    expect(judge(spec, `..${text.slice(0, 2)}`).verdict).toBeUndefined();
    expect(judge(spec, `..${text}`)).toMatchObject({ verdict: 'HOLD', nextK: 5, hold: { cause: 'data', sinceK: 4 } });
  });

  it('say in the reason what could not be read and why', () => {
    expect(judge(spec, '.eee').reason).toBe('success_rate could not be judged on 3 samples in a row (HTTP 503)');
    expect(judge(spec, '---').reason).toContain('(no data)');
    expect(judge(spec, '???').reason).toContain('(the value is NaN)');
  });

  it('are not in a row when a measured one lies between, good or bad', () => {
    expect(judge(windowSpec({ coverage: 0.1 }), '--.--x--.').verdict).toBeUndefined();
  });

  it('hold after as many as the window says', () => {
    expect(judge({ ...spec, invalidInARow: 1 }, '.-').verdict).toBe('HOLD');
    expect(judge({ ...spec, invalidInARow: 5, coverage: 0.1 }, '----').verdict).toBeUndefined();
  });

  it.each([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('may be the value %s', (infinite) => {
    const rows = [1, 2, 3].map(() => ({ success_rate: value(infinite) }));
    expect(judgeRows(spec, rows)).toMatchObject({ verdict: 'HOLD', criteria: [{ notValid: 3, breaches: 0 }] });
  });

  it('of one criterion are enough, and hold before the others pass', () => {
    const two = { ...spec, criteria: [successRate, responseTime] };
    const rows = Array.from({ length: 11 }, (_, k): Record<string, Reading> => ({
      success_rate: value(0.99),
      response_time: k > 7 ? { kind: 'no-data' } : value(1),
    }));
    expect(judgeRows(two, rows)).toMatchObject({ verdict: 'HOLD', nextK: 11 });
  });
});

describe('coverage', () => {
  // 11 of 12 samples are 91 %, 11 of 13 only 85 %: one gap may be in the stretch.
  it('allows as many gaps as leave the window its share of valid samples', () => {
    expect(judge(strict, ok(5) + '-' + ok(6)).verdict).toBe('PASS');
    expect(judge(windowSpec({ coverage: 11 / 13 }), ok(5) + '-.-' + ok(5)).verdict).toBe('PASS');
    expect(judge(windowSpec({ coverage: 1 }), ok(5) + '-')).toMatchObject({ verdict: 'HOLD', nextK: 6 });
  });

  it('holds at the gap after which the stretch can no longer reach it', () => {
    const held = judge(strict, '..-..-');
    expect(held).toMatchObject({ verdict: 'HOLD', nextK: 6, hold: { cause: 'data', sinceK: 5 } });
    expect(held.reason).toBe(
      'success_rate has too many gaps: 2 samples without a valid value, so "success_rate > 95%" can no longer reach a coverage of 90% (no data)'
    );
  });

  it('forgets gaps that no stretch of this length can contain any more', () => {
    // One stretch that just reaches its coverage spans 12 samples: 0..11 has two gaps, 1..12 has one.
    expect(judge(strict, '-' + 'x'.repeat(10) + '-').verdict).toBe('HOLD');
    expect(judge(strict, '-' + 'x'.repeat(11) + '-').verdict).toBeUndefined();
  });

  it('is not healed by a breach', () => {
    expect(judge(strict, '..-.x-').verdict).toBe('HOLD');
  });
});

describe('a HOLD in a window over several criteria', () => {
  it('names each that cannot be judged', () => {
    const two = { ...spec, criteria: [successRate, responseTime] };
    const rows = [1, 2, 3].map((): Record<string, Reading> => ({
      success_rate: { kind: 'error', reason: 'connection refused' },
      response_time: { kind: 'invalid', reason: '2 series' },
    }));
    const { reason } = judgeRows(two, rows);
    expect(reason).toContain('success_rate could not be judged on 3 samples in a row (connection refused)');
    expect(reason).toContain('; response_time could not be judged on 3 samples in a row (2 series)');
    expect(samplesOf(two, rows)).toHaveLength(3);
  });
});
