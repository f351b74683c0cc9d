import type { Bound, Unit } from '../model.js';

/** The values that satisfy a bound, as an interval; both ends may be open. */
export interface Interval {
  low: number;
  lowIncluded: boolean;
  high: number;
  highIncluded: boolean;
}

export function intervalOf(bound: Pick<Bound, 'op' | 'value'>): Interval {
  const all = {
    low: Number.NEGATIVE_INFINITY,
    lowIncluded: false,
    high: Number.POSITIVE_INFINITY,
    highIncluded: false,
  };
  switch (bound.op) {
    case '<':
    case '<=':
      return { ...all, high: bound.value, highIncluded: bound.op === '<=' };
    case '>':
    case '>=':
      return { ...all, low: bound.value, lowIncluded: bound.op === '>=' };
    case '==':
      return { low: bound.value, lowIncluded: true, high: bound.value, highIncluded: true };
  }
}

/** The values that a metric of this unit can have at all. */
export function domainOf(unit: Unit): Interval {
  const high = unit === 'ratio' ? 1 : Number.POSITIVE_INFINITY;
  return { low: 0, lowIncluded: true, high, highIncluded: unit === 'ratio' };
}

export function intersection(a: Interval, b: Interval): Interval {
  const low = Math.max(a.low, b.low);
  const high = Math.min(a.high, b.high);
  const allows = (one: Interval, end: 'low' | 'high', value: number): boolean =>
    one[end] !== value || one[`${end}Included`];
  return {
    low,
    lowIncluded: allows(a, 'low', low) && allows(b, 'low', low),
    high,
    highIncluded: allows(a, 'high', high) && allows(b, 'high', high),
  };
}

export function isEmpty(interval: Interval): boolean {
  return (
    interval.low > interval.high || (interval.low === interval.high && !(interval.lowIncluded && interval.highIncluded))
  );
}

/** Whether every value of `inner` lies in `outer`. */
export function isWithin(inner: Interval, outer: Interval): boolean {
  const common = intersection(inner, outer);
  return (
    isEmpty(inner) ||
    (common.low === inner.low &&
      common.high === inner.high &&
      common.lowIncluded === inner.lowIncluded &&
      common.highIncluded === inner.highIncluded)
  );
}
