/** What benchmarks say about many measurements of one thing. */
export interface Distribution {
  n: number;
  min: number;
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

/**
 * Percentiles are of the nearest rank: each is a value that was measured. With fewer than a hundred values p99 is the
 * greatest.
 *
 * @throws Error when nothing was measured
 */
export function distributionOf(samples: readonly number[]): Distribution {
  if (samples.length === 0) throw new Error('nothing was measured');
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { n: sorted.length, min: at(0), p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
