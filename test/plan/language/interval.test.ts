import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { domainOf, intersection, intervalOf, isEmpty, isWithin } from '../../../src/plan/language/interval.js';
import { holds } from '../../../src/plan/judge/measure.js';
import type { Operator } from '../../../src/plan/model.js';

const bound = fc.record({
  op: fc.constantFrom<Operator>('<', '<=', '>', '>=', '=='),
  value: fc.integer({ min: 0, max: 4 }),
});
/** Between and on all bounds that the generator makes. */
const probes = Array.from({ length: 13 }, (_, index) => index / 2 - 1);

describe('intervals of bounds', () => {
  it('intersect in the values that satisfy both', () => {
    fc.assert(
      fc.property(bound, bound, (a, b) => {
        const both = probes.filter((value) => holds({ ...a, text: '' }, value) && holds({ ...b, text: '' }, value));
        expect(isEmpty(intersection(intervalOf(a), intervalOf(b)))).toBe(both.length === 0);
      })
    );
  });

  it('lie within another when every value that satisfies the one satisfies the other', () => {
    fc.assert(
      fc.property(bound, bound, (a, b) => {
        const all = probes
          .filter((value) => holds({ ...a, text: '' }, value))
          .every((value) => holds({ ...b, text: '' }, value));
        expect(isWithin(intervalOf(a), intervalOf(b))).toBe(all);
      })
    );
  });

  it.each<[Operator, number, Operator, number, boolean]>([
    ['<', 2, '<=', 2, true],
    ['<=', 2, '<', 2, false],
    ['>', 2, '>=', 2, true],
    ['>=', 2, '>', 2, false],
    ['==', 2, '<=', 2, true],
    ['==', 2, '<', 2, false],
    ['==', 2, '>', 2, false],
    ['<', 2, '==', 2, false],
  ])('%s %d lies within %s %d: %s', (op, value, outer, limit, is) => {
    expect(isWithin(intervalOf({ op, value }), intervalOf({ op: outer, value: limit }))).toBe(is);
  });

  it('have their ends in common with what a unit can measure', () => {
    expect(isEmpty(intersection(intervalOf({ op: '>=', value: 1 }), domainOf('ratio')))).toBe(false);
    expect(isEmpty(intersection(intervalOf({ op: '<=', value: 0 }), domainOf('count')))).toBe(false);
    expect(intersection(intervalOf({ op: '>', value: 1 }), intervalOf({ op: '<', value: 3 }))).toEqual({
      low: 1,
      lowIncluded: false,
      high: 3,
      highIncluded: false,
    });
  });

  it('know what a unit can measure', () => {
    expect(isEmpty(intersection(intervalOf({ op: '>', value: 1 }), domainOf('ratio')))).toBe(true);
    expect(isEmpty(intersection(intervalOf({ op: '>', value: 1 }), domainOf('count')))).toBe(false);
    expect(isEmpty(intersection(intervalOf({ op: '<', value: 0 }), domainOf('bytes')))).toBe(true);
  });
});
