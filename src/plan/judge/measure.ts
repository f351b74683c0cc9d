import type { Reading, SampleClass } from '../judge-types.js';
import type { Baseline, Bound, Criterion } from '../model.js';
import type { CounterState } from './state.js';

/** What one reading means for one criterion. */
export interface Measurement {
  class: SampleClass;
  /** The measured value, or the increase; absent when there is none. */
  value?: number;
  critical: boolean;
  /** Why a sample that is not valid is not. */
  problem?: string;
  /** The counter after this reading, for criteria that keep one. */
  counter?: CounterState;
}

/** What a reading is compared with beside the criterion itself. */
export interface Comparison {
  /** Of a relative criterion. */
  baseline?: number | undefined;
  /** Of an `increase` criterion whose source does not count by itself. */
  counter?: CounterState | undefined;
}

/** Whether a value is on the side of the bound that it names. */
export function holds(bound: Bound, value: number): boolean {
  switch (bound.op) {
    case '<':
      return value < bound.value;
    case '<=':
      return value <= bound.value;
    case '>':
      return value > bound.value;
    case '>=':
      return value >= bound.value;
    case '==':
      return value === bound.value;
  }
}

/** Whether nobody knows what a counter counts from: no later reading can mend that. */
export function lacksBase(counter: CounterState | undefined): boolean {
  return counter !== undefined && counter.lastRaw === undefined && counter.fromFirst !== true;
}

/** The next state of a counter, see `CounterState`. */
export function count(counter: CounterState, raw: number): CounterState {
  const { lastRaw, counted } = counter;
  if (lastRaw === undefined) return { lastRaw: raw, counted };
  return { lastRaw: raw, counted: counted + (raw < lastRaw ? raw : raw - lastRaw) };
}

/**
 * Judges one reading by one criterion. Only a measured value is ok or a breach; NaN and infinite values are invalid. A
 * criterion that has nothing to compare with is invalid whatever was read, but a critical value stays critical.
 */
export function measure(criterion: Criterion, reading: Reading | undefined, against: Comparison): Measurement {
  const raw = valueOf(reading);
  if (typeof raw !== 'number') return { ...raw, critical: false };
  const { counter } = against;
  if (lacksBase(counter)) {
    const problem = `no baseline: nobody knows how much ${criterion.metric} was before the first change`;
    return { class: 'invalid', critical: false, problem };
  }
  const next = counter && count(counter, raw);
  const value = next ? next.counted : raw;
  const critical = criterion.critical !== undefined && holds(criterion.critical, value);
  return { ...compare(criterion, value, against.baseline), value, critical, ...(next && { counter: next }) };
}

function valueOf(reading: Reading | undefined): number | { class: SampleClass; problem: string } {
  if (reading === undefined) return { class: 'error', problem: 'the metric was not read' };
  if (reading.kind === 'no-data') return { class: 'no-data', problem: 'no data' };
  if (reading.kind !== 'value') return { class: reading.kind, problem: reading.reason };
  if (Number.isFinite(reading.value)) return reading.value;
  return { class: 'invalid', problem: `the value is ${reading.value}` };
}

function compare(
  criterion: Criterion,
  value: number,
  base: number | undefined
): { class: SampleClass; problem?: string } {
  if (criterion.baseline === undefined) {
    return { class: criterion.bound !== undefined && holds(criterion.bound, value) ? 'ok' : 'breach' };
  }
  if (base === undefined || !Number.isFinite(base)) return { class: 'invalid', problem: 'no baseline' };
  if (base === 0) return { class: 'invalid', problem: 'the baseline is 0, and a share of 0 says nothing' };
  return { class: isWithin(criterion.baseline, value, base) ? 'ok' : 'breach' };
}

function isWithin(baseline: Baseline, value: number, base: number): boolean {
  return limitsOf(baseline, base).every((limit) => holds(limit, value));
}

/** What a relative criterion comes to in values, given what it is compared with. */
export function limitsOf({ side, ratio }: Baseline, base: number): Bound[] {
  const distance = Math.abs(base) * ratio;
  const percent = Number((ratio * 100).toPrecision(6));
  return [
    ...(side === 'below' ? [] : [{ op: '<=' as const, value: base + distance, text: `baseline + ${percent}%` }]),
    ...(side === 'above' ? [] : [{ op: '>=' as const, value: base - distance, text: `baseline - ${percent}%` }]),
  ];
}

/** How far on the bad side a value lies: the larger, the worse. Only for comparing values of one criterion. */
export function badness(criterion: Criterion, value: number, base: number): number {
  const { bound, baseline } = criterion;
  if (bound !== undefined) {
    if (bound.op === '==') return Math.abs(value - bound.value);
    return bound.op.startsWith('<') ? value : -value;
  }
  if (baseline?.side === 'above') return value;
  return baseline?.side === 'below' ? -value : Math.abs(value - base);
}
