import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { criterionPattern, parseCriterion } from '../../../src/plan/language/criterion.js';

describe('criteria', () => {
  it.each([
    ['error_rate < 1%', { metric: 'error_rate', comparison: { op: '<', value: '1%' } }],
    ['error_rate<1%', { metric: 'error_rate', comparison: { op: '<', value: '1%' } }],
    [
      'error_rate  <=  1 %  for  30m',
      { text: 'error_rate <= 1 % for 30m', comparison: { op: '<=', value: '1 %' }, for: '30m' },
    ],
    [' error_rate < 1% ', { text: 'error_rate < 1%', comparison: { op: '<', value: '1%' } }],
    ['violations == 0', { metric: 'violations', comparison: { op: '==', value: '0' } }],
    ['latency within 20% of baseline', { metric: 'latency', baseline: { side: 'within', ratio: 0.2 } }],
    ['latency no more than 5% above baseline for 1h', { baseline: { side: 'above', ratio: 0.05 }, for: '1h' }],
    ['requests no more than 0.5% below baseline', { baseline: { side: 'below', ratio: 0.005 } }],
    ['latency within 5.25% of baseline', { baseline: { side: 'within', ratio: 0.0525 } }],
    ['latency within 1000% of baseline', { baseline: { side: 'within', ratio: 10 } }],
    ['latency within 20 % of baseline', { baseline: { side: 'within', ratio: 0.2 } }],
    ['latency within 150% of baseline', { baseline: { side: 'within', ratio: 1.5 } }],
  ])('reads %j', (text, expected) => {
    expect(parseCriterion(text)).toMatchObject({ ok: true, value: expected });
  });

  it.each([
    ['', 'is not a criterion', 'METRIC > 95%'],
    ['> 95%', 'is not a criterion', 'METRIC > 95%'],
    ['error-rate < 1%', 'is not the name of a metric', 'underscores'],
    ['Error_Rate < 1%', 'is not the name of a metric', 'lower case'],
    ['error_rate', 'does not say what to compare', 'METRIC > 95%'],
    ['error_rate 1%', 'has no operator', '> 95%'],
    ['error_rate = 1%', '"=" is not an operator', '=='],
    ['error_rate < 1% for 30', '"30" is not a duration', '30m'],
    ['error_rate < 1% for 0s', 'holds for no time', 'for 30m'],
    ['latency within 20 of baseline', 'a count, but the metric is a ratio', 'within 20% of baseline'],
    ['latency within 0% of baseline', 'no useful distance', 'more than 0%'],
    ['latency within 2000% of baseline', 'no useful distance', 'at most 1000%'],
    ['~error_rate < 1%', 'is not a criterion', 'METRIC > 95%'],
    ['latency nearly within 20% of baseline', 'has no operator', 'above (or below) baseline'],
    ['latency within 20% of baseline or so', 'is not a comparison with the baseline', 'METRIC > 95%'],
    ['latency no more than 5% above baseline or so', 'is not a comparison with the baseline', 'METRIC > 95%'],
    ['latency no within 5% of baseline', 'is not a comparison with the baseline', 'METRIC > 95%'],
    ['latency within no more than 5% above baseline', 'is not a comparison with the baseline', 'METRIC > 95%'],
    ['latency within x20% of baseline', '"x20%"', 'within 20% of baseline'],
    ['latency within 20%x of baseline', '"20%x"', 'within 20% of baseline'],
    ['latency within 5_% of baseline', '"5_%"', 'within 20% of baseline'],
    ['latency within 20%', 'is not a comparison with the baseline', 'within 20% of baseline'],
    ['latency no more than 5% slower', 'is not a comparison with the baseline', 'above (or below) baseline'],
    ['latency 5% slower than baseline', 'has no operator', 'above (or below) baseline'],
  ])('refuses %j and says what to write', (text, problem, hint) => {
    expect(parseCriterion(text)).toMatchObject({
      ok: false,
      problem: expect.stringContaining(problem),
      hint: expect.stringContaining(hint),
    });
  });

  it('are read from whatever blanks separate their parts', () => {
    const blank = fc.constantFrom(' ', '  ', '\t', ' \t ');
    const duration = fc.option(fc.constantFrom('30s', '10m', '1h30m'), { nil: undefined });
    const comparison = fc.tuple(fc.constantFrom('<', '<=', '>', '>=', '=='), fc.constantFrom('0', '95%', '2s', '10MB'));
    fc.assert(
      fc.property(
        blank,
        fc.stringMatching(/^[a-z][a-z0-9_]{0,20}$/),
        comparison,
        duration,
        (gap, metric, [op, value], length) => {
          const text = [metric, op, value, ...(length === undefined ? [] : ['for', length])].join(gap);
          const canonical = text.replace(/\s+/g, ' ');
          expect(parseCriterion(text)).toEqual({
            ok: true,
            value: {
              text: canonical,
              metric,
              comparison: { op, value },
              ...(length === undefined ? {} : { for: length }),
            },
          });
          expect(parseCriterion(canonical)).toEqual(parseCriterion(text));
          expect(new RegExp(criterionPattern).test(canonical)).toBe(true);
        }
      )
    );
  });

  it('never throw, whatever is written', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parseCriterion(text).ok === 'boolean'));
  });
});
