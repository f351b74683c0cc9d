import { findOnPath } from '../../../demo/servers/processes.js';
import type { WindowInput } from '../../../src/activities/contract.js';
import type { Criterion, MetricBinding, WindowSpec } from '../../../src/plan/model.js';
import { needs } from '../needs.js';
import { backfilledPrometheus } from './backfill.js';
import type { BackfilledPrometheus } from './backfill.js';
import { environmentWith, metricSource } from './sources.js';
import { second, span, windowSpec } from './windows.js';

/** The change was at 10:00 of two hours of series; the half-hour window begins a minute later. */
const from = Math.floor((Date.now() - 4 * 3600 * second) / (15 * second)) * 15 * second;
export const changedAt = from + 600 * second;
export const t0 = changedAt + 60 * second;
/** Seconds after the window's start, of a series' own seconds. */
const inWindow = (seconds: number): number => seconds - 660;
const install = 'apt-get install --no-install-recommends prometheus';

let prometheus: BackfilledPrometheus | undefined;

/** Starts it; where there is none, nothing: `input` then skips the test by name. */
export async function startHalfHours(): Promise<void> {
  const promtool = findOnPath('promtool');
  if (promtool === undefined || findOnPath('prometheus') === undefined) return;
  const rate = (of: (s: number) => number | undefined) => (s: number) => of(inWindow(s));
  prometheus = await backfilledPrometheus(
    [
      { name: 'good', type: 'gauge', valueAt: () => 0.99 },
      { name: 'dip', type: 'gauge', valueAt: rate((s) => (s >= 900 && s < 930 ? 0.9 : 0.99)) },
      { name: 'crash', type: 'gauge', valueAt: rate((s) => (s >= 900 ? 0.5 : 0.99)) },
      { name: 'hole', type: 'gauge', valueAt: rate((s) => (s >= 900 && s < 930 ? undefined : 0.99)) },
      { name: 'outage', type: 'gauge', valueAt: rate((s) => (s >= 900 && s < 1200 ? undefined : 0.99)) },
      { name: 'spoiled', type: 'gauge', valueAt: rate((s) => (s >= 900 ? Number.NaN : 0.99)) },
      { name: 'twin', type: 'gauge', labels: '{pod="a"}', valueAt: () => 0.99 },
      { name: 'twin', type: 'gauge', labels: '{pod="b"}', valueAt: rate((s) => (s >= 900 ? 0.99 : undefined)) },
      { name: 'bad_before', type: 'gauge', valueAt: (s) => (s < 600 ? 0.1 : 0.99) },
      { name: 'slow', type: 'gauge', valueAt: (s) => (s < 600 ? 1 : 1.3) },
      // 7 violations before the change, none after it, though the process restarts in the middle of the window.
      { name: 'clean_total', type: 'counter', valueAt: rate((s) => (s < 900 ? 7 : 0)) },
      { name: 'leak_total', type: 'counter', valueAt: rate((s) => (s < 600 ? 7 : s < 900 ? 0 : 1)) },
    ],
    { from, minutes: 120, promtool }
  );
}

/** Stops it and removes its data. */
export async function stopHalfHours(): Promise<void> {
  await prometheus?.stop();
  prometheus?.remove();
}

const halfHour: Partial<WindowSpec> = { length: span(1800 * second), deadline: span(5400 * second) };
/** The input of a window over half an hour in the past. */
export function input(criterion: Criterion, binding: MetricBinding, change: Partial<WindowInput> = {}): WindowInput {
  needs('prometheus', install);
  if (!prometheus) throw new Error('Prometheus did not start');
  const source = metricSource(prometheus.url, { [criterion.metric]: { range: span(15 * second), ...binding } });
  return {
    origin: { run: 'migration/test/plan', address: '1a/window#1', title: 'Watch' },
    spec: windowSpec({ ...halfHour, criteria: [criterion] }),
    t0,
    changedAt,
    environment: environmentWith(source),
    ...change,
  };
}
