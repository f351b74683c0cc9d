import type { WindowSpec } from '../../../src/plan/model.js';
import { fakeReader } from './fake-reader.js';
import type { FakeReader } from './fake-reader.js';
import { second, span, t0, windowSpec } from './windows.js';

/** A window of so many samples, one a second. */
export function secondly(samples: number, change: Partial<WindowSpec> = {}): WindowSpec {
  return windowSpec({
    every: span(second),
    length: span((samples - 1) * second),
    deadline: span(3 * samples * second),
    ...change,
  });
}

/** A source that is always well. */
export const good = fakeReader({ success_rate: () => 0.99 });

/** The number of the sample at an instant, in a window of 15 s that starts at `t0`. */
export function sampleNo(instant: number): number {
  return (instant - t0) / (15 * second);
}

/** A source that is critical from sample `k` on. */
export function failsFrom(k: number): FakeReader {
  return fakeReader({ success_rate: (at) => (sampleNo(at) < k ? 0.99 : 0.5) });
}
