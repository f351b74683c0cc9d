import type { Unit } from '../model.js';

const byteSteps = [
  { factor: 1e9, symbol: 'GB' },
  { factor: 1e6, symbol: 'MB' },
  { factor: 1e3, symbol: 'kB' },
] as const;

/**
 * A canonical value as people read it: `97.5%`, `120ms`, `3.2s`, `12.4MB`, `1000`.
 *
 * @param digits six are enough that 94.9999 % never reads as the 95 % that it missed; fewer where a sign says ok or not
 */
export function formatValue(unit: Unit, value: number, digits = 6): string {
  const rounded = (scaled: number): number => Number(scaled.toPrecision(digits));
  switch (unit) {
    case 'ratio':
      return `${rounded(value * 100)}%`;
    case 'seconds':
      return Math.abs(value) < 1 && value !== 0 ? `${rounded(value * 1000)}ms` : `${rounded(value)}s`;
    case 'bytes': {
      const step = byteSteps.find(({ factor }) => Math.abs(value) >= factor);
      return step ? `${rounded(value / step.factor)}${step.symbol}` : `${rounded(value)}B`;
    }
    case 'count':
      return String(rounded(value));
  }
}
