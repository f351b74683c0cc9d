import { describe, expect, it } from 'vitest';
import { parseComparison, parseThreshold } from '../../../src/plan/language/threshold.js';

describe('a comparison', () => {
  it.each(['<', '<=', '>', '>=', '=='])('with %s is split into operator and value', (op) => {
    expect(parseComparison(` ${op}  95% `)).toEqual({ ok: true, value: { op, value: '95%' } });
  });

  it.each([
    ['=', '"=" is not an operator', 'did you mean "=="?'],
    ['===', '"===" is not an operator', 'did you mean "=="?'],
    ['=<', '"=<" is not an operator', 'did you mean "<="?'],
    ['=>', '"=>" is not an operator', 'did you mean ">="?'],
    ['≤', '"≤" is not an operator', 'did you mean "<="?'],
    ['≥', '"≥" is not an operator', 'did you mean ">="?'],
    ['!=', '"!=" is not an operator', 'the operators are <, <=, >, >= and =='],
  ])('with %s is refused with what to write', (op, problem, hint) => {
    expect(parseComparison(`${op} 1`)).toEqual({ ok: false, problem, hint });
  });

  it.each(['95%', '', '>', '< '])('without an operator or a value is refused: "%s"', (text) => {
    expect(parseComparison(text)).toMatchObject({ ok: false, problem: `"${text}" has no operator` });
  });
});

describe('a threshold', () => {
  it('has its value in the unit of its metric', () => {
    expect(parseThreshold(' < 100ms ', 'seconds')).toEqual({
      ok: true,
      value: { op: '<', value: 0.1, text: '< 100ms' },
    });
  });

  it('of another unit is refused', () => {
    expect(parseThreshold('< 100ms', 'ratio')).toMatchObject({ ok: false });
  });
});
