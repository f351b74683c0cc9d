import type { Sample } from '../judge-types.js';
import type { WindowSpec } from '../model.js';
import { count } from './measure.js';
import type { TrafficState, WindowState } from './state.js';

/** The traffic before the first sample; undefined for a window without a minimum. */
export function startTraffic(spec: WindowSpec): TrafficState | undefined {
  return spec.minTraffic && { counter: { counted: 0 }, invalidInARow: 0 };
}

/**
 * Counts on from the window's first valid sample. A query that counts by itself is taken as it is: what looks like a
 * reset there is only the rounding of `increase()`.
 */
export function takeTraffic(spec: WindowSpec, state: WindowState, sample: Sample): TrafficState | undefined {
  const { minTraffic } = spec;
  const traffic = state.traffic;
  if (!minTraffic || !traffic) return undefined;
  const reading = Object.hasOwn(sample.readings, minTraffic.metric) ? sample.readings[minTraffic.metric] : undefined;
  if (reading?.kind === 'value' && Number.isFinite(reading.value)) {
    const countsItself = state.sinceChange.includes(minTraffic.metric);
    const counter = countsItself ? countOn(traffic.counter, reading.value) : count(traffic.counter, reading.value);
    return { counter, invalidInARow: 0 };
  }
  const problem = reading !== undefined && 'reason' in reading ? reading.reason : 'no data';
  return { counter: traffic.counter, invalidInARow: traffic.invalidInARow + 1, problem };
}

function countOn({ lastRaw, counted }: TrafficState['counter'], raw: number): TrafficState['counter'] {
  return { lastRaw: raw, counted: lastRaw === undefined ? counted : counted + raw - lastRaw };
}

/** Whether the window has seen the traffic that it asks for; one without a minimum always has. */
export function hasTraffic(spec: WindowSpec, traffic: TrafficState | undefined): boolean {
  const { minTraffic } = spec;
  return minTraffic === undefined || (traffic !== undefined && traffic.counter.counted >= minTraffic.atLeast);
}
