import { describe, expect, it } from 'vitest';
import { parseExposition } from '../../../src/activities/metrics/endpoint/exposition.js';

function valuesOf(page: string): Record<string, number[]> {
  const samples = [...parseExposition(page)];
  return Object.fromEntries(samples.map(([name, series]) => [name, series.map(({ value }) => value)]));
}

describe('a page in the text format', () => {
  it('has its samples by name, labels or not', () => {
    const page = [
      '# HELP requests_total All requests.',
      '# TYPE requests_total counter',
      'requests_total{code="200",path="/a b\\"}\\n"} 1027 ',
      'requests_total{ code = "400" , } 3',
      '',
      '  ',
      'up 1',
      'job:rate5m{} 0.5',
      '# a remark',
    ].join('\n');
    expect(valuesOf(page)).toEqual({ requests_total: [1027, 3], up: [1], 'job:rate5m': [0.5] });
  });

  it.each([
    ['1', 1], ['-1.5', -1.5], ['+2', 2], ['.5', 0.5], ['5.', 5], ['1e-3', 0.001], ['1.5E+06', 1_500_000],
    ['+Inf', Infinity], ['Inf', Infinity], ['-Inf', -Infinity], ['NaN', Number.NaN],
  ])('may write a value as %s', (text, value) => {
    expect(valuesOf(`x ${text}`)).toEqual({ x: [value] });
  }); // prettier-ignore

  it('says of a sample whether it has a time of its own', () => {
    expect(parseExposition('x 1 1395066363000\ny 1').get('x')).toEqual([{ value: 1, text: '1', timed: true }]);
    expect(parseExposition('x 1 1395066363000\ny 1').get('y')).toEqual([{ value: 1, text: '1', timed: false }]);
  });

  it.each([
    'x', 'x-5', 'x.5', 'x one', 'x 1 two', 'x 1 2 3', '1x 1', 'x{a=1} 1', 'x{a="1" 1', 'x{a="1"b="2"} 1', 'x{,} 1', 'x{a="\n"} 1',
    'x 0x10', 'x Infinity', 'x 1_000', '<html><body>login</body></html>', '{"status":"success"}', 'x 1 # {trace="a"} 1',
  ])('is refused whole for a line like: %s', (line) => {
    expect(() => parseExposition(`up 1\n${line}`)).toThrow(/^line [23] is not a sample: "/);
  }); // prettier-ignore

  it('may be empty', () => {
    expect(valuesOf('')).toEqual({});
  });

  it.each([
    ['labels', `x{${'a="b",'.repeat(100_000)}`],
    ['blanks', `x${' '.repeat(500_000)}y`],
    ['blanks between labels', `x{a="b"${' '.repeat(500_000)}`],
    ['escapes', `x{a="${'\\\\'.repeat(250_000)}`],
  ])(
    'with a very long odd line (%s) is refused in few words, and does not take until the test is given up',
    (_, line) => {
      expect(() => parseExposition(line)).toThrow(/^line 1 is not a sample: .{80,170}$/);
    }
  );
});
