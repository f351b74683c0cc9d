import type { Unit } from '../model.js';
import { misunderstood, understood } from './understood.js';
import type { Understood } from './understood.js';

interface Notation {
  unit: Unit;
  /** Exponent of ten, so that decimal text stays exact: 99.9 % is 0.999 and not 99.9 / 100. */
  exponent: number;
  factor: number;
}

const notations: Record<string, Notation> = {
  '%': { unit: 'ratio', exponent: -2, factor: 1 },
  ms: { unit: 'seconds', exponent: -3, factor: 1 },
  s: { unit: 'seconds', exponent: 0, factor: 1 },
  m: { unit: 'seconds', exponent: 0, factor: 60 },
  h: { unit: 'seconds', exponent: 0, factor: 3600 },
  B: { unit: 'bytes', exponent: 0, factor: 1 },
  kB: { unit: 'bytes', exponent: 3, factor: 1 },
  MB: { unit: 'bytes', exponent: 6, factor: 1 },
  GB: { unit: 'bytes', exponent: 9, factor: 1 },
  TB: { unit: 'bytes', exponent: 12, factor: 1 },
  KiB: { unit: 'bytes', exponent: 0, factor: 2 ** 10 },
  MiB: { unit: 'bytes', exponent: 0, factor: 2 ** 20 },
  GiB: { unit: 'bytes', exponent: 0, factor: 2 ** 30 },
  TiB: { unit: 'bytes', exponent: 0, factor: 2 ** 40 },
  '': { unit: 'count', exponent: 0, factor: 1 },
};

const examples: Record<Unit, string> = {
  ratio: '95% or 0.1%',
  seconds: '2s or 100ms',
  bytes: '10MB or 16MiB',
  count: '0 or 1000',
};

/** A number with its unit as text: `95%`, `100ms`, `10MB`, `0`. */
export const quantityPattern = '\\d+(?:\\.\\d+)?\\s?(?:%|[A-Za-z]+)?';
const quantity = /^(\d+(?:\.\d+)?)\s?(%|[A-Za-z]+)?$/;

/**
 * Reads a value in the unit of its metric and returns it in canonical form: ratios 0..1, seconds, bytes, counts.
 * A plain 0 is zero in every unit; otherwise the text names its unit, so that 95 can never be taken for 0.95.
 */
export function parseQuantity(text: string, unit: Unit): Understood<number> {
  const match = quantity.exec(text.trim());
  if (!match) return misunderstood(`"${text}" is not a value`, `write for example ${examples[unit]}`);
  const digits = match[1] ?? '';
  const symbol = match[2] ?? '';
  if (symbol === '' && Number(digits) === 0) return understood(0);
  const notation = Object.hasOwn(notations, symbol) ? notations[symbol] : undefined;
  if (!notation) return misunderstood(`"${symbol}" is not a unit`, unitHint(symbol, unit));
  if (notation.unit !== unit) {
    return misunderstood(
      `"${text}" is ${nameOf(notation.unit)}, but the metric is ${nameOf(unit)}`,
      `write for example ${examples[unit]}`
    );
  }
  const value = Number(`${digits}e${notation.exponent}`) * notation.factor;
  if (!Number.isFinite(value)) return misunderstood(`"${text}" is too large`, `write for example ${examples[unit]}`);
  if (unit === 'ratio' && value > 1)
    return misunderstood(`"${text}" is more than the whole`, 'a ratio lies between 0% and 100%');
  return understood(value);
}

function nameOf(unit: Unit): string {
  return unit === 'ratio' ? 'a ratio' : unit === 'count' ? 'a count' : `in ${unit}`;
}

function unitHint(symbol: string, unit: Unit): string {
  const meant = Object.keys(notations).find((known) => known !== '' && known.toLowerCase() === symbol.toLowerCase());
  return meant === undefined ? `write for example ${examples[unit]}` : `did you mean "${meant}"?`;
}
