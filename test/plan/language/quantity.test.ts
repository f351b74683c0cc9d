import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuantity } from '../../../src/plan/language/quantity.js';
import { holds } from '../../../src/plan/judge/measure.js';
import { parseThreshold } from '../../../src/plan/language/threshold.js';
import type { Operator, Unit } from '../../../src/plan/model.js';

describe('values with units', () => {
  it.each([
    ['95%', 'ratio', 0.95],
    ['99.9%', 'ratio', 0.999],
    ['0.1%', 'ratio', 0.001],
    ['100 %', 'ratio', 1],
    ['0', 'ratio', 0],
    [' 5% ', 'ratio', 0.05],
    ['2s', 'seconds', 2],
    ['100ms', 'seconds', 0.1],
    ['1.5s', 'seconds', 1.5],
    ['5m', 'seconds', 300],
    ['1h', 'seconds', 3600],
    ['10MB', 'bytes', 10_000_000],
    ['16MiB', 'bytes', 16_777_216],
    ['1.5KiB', 'bytes', 1536],
    ['512B', 'bytes', 512],
    ['1000', 'count', 1000],
    ['0.5', 'count', 0.5],
  ] as const)('%s of a %s metric is %d', (text, unit, value) => {
    expect(parseQuantity(text, unit)).toEqual({ ok: true, value });
  });

  it.each([
    ['95', 'ratio', 'is a count, but the metric is a ratio', '95% or 0.1%'],
    ['0.95', 'ratio', 'is a count, but the metric is a ratio', '95% or 0.1%'],
    ['120%', 'ratio', 'is more than the whole', 'between 0% and 100%'],
    ['2%', 'seconds', 'is a ratio, but the metric is in seconds', '2s or 100ms'],
    ['2s', 'bytes', 'is in seconds, but the metric is in bytes', '10MB or 16MiB'],
    ['0s', 'ratio', 'is in seconds, but the metric is a ratio', '95% or 0.1%'],
    ['0 parsecs', 'count', '"parsecs" is not a unit', '0 or 1000'],
    ['10mb', 'bytes', '"mb" is not a unit', 'did you mean "MB"?'],
    ['10KB', 'bytes', '"KB" is not a unit', 'did you mean "kB"?'],
    ['10 parsecs', 'count', '"parsecs" is not a unit', '0 or 1000'],
    ['-1', 'count', 'is not a value', '0 or 1000'],
    ['1e3', 'count', 'is not a value', '0 or 1000'],
    ['.5%', 'ratio', 'is not a value', '95% or 0.1%'],
    ['1,000', 'count', 'is not a value', '0 or 1000'],
    ['NaN', 'count', 'is not a value', '0 or 1000'],
    ['', 'count', 'is not a value', '0 or 1000'],
    [`${'9'.repeat(400)}MB`, 'bytes', 'is too large', '10MB'],
    ['1constructor', 'count', '"constructor" is not a unit', '0 or 1000'],
  ] as const)('%s of a %s metric is refused', (text, unit, problem, hint) => {
    expect(parseQuantity(text, unit)).toMatchObject({
      ok: false,
      problem: expect.stringContaining(problem),
      hint: expect.stringContaining(hint),
    });
  });

  it('are read exactly: a percentage is the decimal that it says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (hundredths) => {
        const text = `${(hundredths / 100).toFixed(2)}%`;
        expect(parseQuantity(text, 'ratio')).toEqual({ ok: true, value: Number((hundredths / 10_000).toFixed(4)) });
      })
    );
  });

  it('mean the same in every notation of a unit', () => {
    const pairs: Array<[Unit, string, string, number]> = [
      ['seconds', 'ms', 's', 1000],
      ['seconds', 's', 'm', 60],
      ['bytes', 'B', 'KiB', 1024],
      ['bytes', 'kB', 'MB', 1000],
      ['bytes', 'MiB', 'GiB', 1024],
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...pairs),
        fc.integer({ min: 1, max: 1000 }),
        ([unit, small, large, factor], count) => {
          const one = parseQuantity(`${count * factor}${small}`, unit);
          const other = parseQuantity(`${count}${large}`, unit);
          expect(one).toEqual(other);
        }
      )
    );
  });
});

describe('thresholds', () => {
  it('keep how the plan writes them', () => {
    expect(parseThreshold(' > 95% ', 'ratio')).toEqual({ ok: true, value: { op: '>', value: 0.95, text: '> 95%' } });
    expect(parseThreshold('==0', 'count')).toEqual({ ok: true, value: { op: '==', value: 0, text: '==0' } });
  });

  it.each([
    ['= 0', '"=" is not an operator', 'did you mean "=="?'],
    ['=> 5', '"=>" is not an operator', 'did you mean ">="?'],
    ['≤ 5', '"≤" is not an operator', 'did you mean "<="?'],
    ['!= 5', '"!=" is not an operator', 'the operators are'],
    ['5', 'has no operator', 'write for example'],
    ['<', 'has no operator', 'write for example'],
  ])('refuse %s', (text, problem, hint) => {
    expect(parseThreshold(text, 'count')).toMatchObject({
      ok: false,
      problem: expect.stringContaining(problem),
      hint: expect.stringContaining(hint),
    });
  });

  it('hold on the right side of the bound, and on it only where it is included', () => {
    const table: Array<[Operator, boolean, boolean, boolean]> = [
      ['<', true, false, false],
      ['<=', true, true, false],
      ['==', false, true, false],
      ['>=', false, true, true],
      ['>', false, false, true],
    ];
    for (const [op, ...expected] of table) {
      expect([1, 2, 3].map((value) => holds({ op, value: 2, text: '' }, value))).toEqual(expected);
      expect(holds({ op, value: 2, text: '' }, Number.NaN)).toBe(false);
    }
  });
});
