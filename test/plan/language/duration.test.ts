import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationPattern, formatDuration, parseDuration } from '../../../src/plan/language/duration.js';

describe('durations', () => {
  it.each([
    ['30s', 30_000],
    ['1h30m', 5_400_000],
    ['48h', 172_800_000],
    ['7d', 604_800_000],
    ['500ms', 500],
    ['1d2h3m4s5ms', 93_784_005],
    ['90m', 5_400_000],
    ['0s', 0],
    ['PT10M', 600_000],
    ['P1DT2H', 93_600_000],
    ['PT1H30M', 5_400_000],
    ['366d', 31_622_400_000],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: ms });
    expect(new RegExp(durationPattern).test(text)).toBe(true);
  });

  it.each([
    ['', 'write for example'],
    ['5', 'say the unit: 5s, 5m or 5h'],
    ['15', 'say the unit: 15s, 15m or 15h'],
    ['h30', 'write for example'],
    ['5m-', 'write for example'],
    ['-5m', 'no sign'],
    ['+5m', 'no sign'],
    ['1.5h', 'no fractions'],
    ['30m1h', 'large units come first'],
    ['1h1h', 'each comes once'],
    ['1M', 'the units are'],
    ['2w', 'write 7d for a week'],
    ['1 month', 'the units are'],
    ['30 m', 'write for example'],
    ['PT', 'write for example'],
    ['P', 'write for example'],
    ['P1M', 'the units are'],
    ['PT1.5S', 'no fractions'],
    ['1e3s', 'write for example'],
    ['١٠m', 'write for example'],
    ['10m\n', 'write for example'],
  ])('refuses %j and says what to write', (text, hint) => {
    expect(parseDuration(text)).toMatchObject({ ok: false, hint: expect.stringContaining(hint) });
  });

  it('refuses what is longer than a year', () => {
    expect(parseDuration('367d')).toMatchObject({ ok: false, problem: '"367d" is longer than a year' });
    expect(parseDuration('99999999999999999999d')).toMatchObject({ ok: false });
  });

  it.each([
    [5_400_000, '1h30m'],
    [172_800_000, '2d'],
    [93_784_005, '1d2h3m4s5ms'],
    [0, '0s'],
    [0.6, '1ms'],
  ])('%d ms are written as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('reads back whatever it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 366 * 86_400_000 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toEqual({ ok: true, value: ms });
      })
    );
  });
});
