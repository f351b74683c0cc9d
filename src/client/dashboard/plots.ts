import { formatValue } from '../../plan/judge/format.js';
import type { Metric } from '../../plan/model.js';
import type { Band, Plot, Tone } from './document.js';
import { boundsOf, judgedValue, labelOf } from './figures.js';
import type { Point } from './metric-history.js';
import type { View } from './seen.js';

/** A metric over time against its thresholds. */
export function plotOf(view: View, metric: Metric, title = labelOf(metric)): Plot {
  const points = view.metrics
    .points(metric.name, view.range)
    .map(({ at, value }) => ({ at, value: value === undefined ? undefined : judgedValue(view, metric, value) }));
  return drawn(view, points, { title, unit: metric.unit, bounds: boundsOf(view, metric) });
}

/** How often something happened, from a count of it. */
export function ratePlotOf(view: View, metric: Metric, title: string): Plot {
  const points = view.metrics.points(metric.name, view.range);
  const { step = 0 } = view.metrics.gridOf(view.range) ?? {};
  const rates = points.slice(1).flatMap(({ at, value }, index): Point[] => {
    const before = points[index];
    // Over a moment a rate tells only whether the source was scraped in it.
    if (before && at - before.at < step / 2) return [];
    if (value === undefined || before?.value === undefined) return [{ at, value: undefined }];
    // One that fell began again.
    const rise = value < before.value ? value : value - before.value;
    return [{ at, value: rise / ((at - before.at) / 1000) }];
  });
  return drawn(view, rates, { title, unit: 'per second', bounds: [] });
}

function drawn(
  view: Pick<View, 'from' | 'metrics' | 'range'>,
  points: readonly Point[],
  about: Pick<Plot, 'title' | 'unit' | 'bounds'>
): Plot {
  const values = points.flatMap(({ value }) => value ?? []);
  const show = (value: number): string =>
    about.unit === 'per second' ? `${Number(value.toPrecision(3))} per second` : formatValue(about.unit, value, 3);
  const last = values.at(-1);
  const none = view.metrics.gridOf(view.range) === undefined ? 'being read' : 'no value in this time';
  const limits = about.bounds.map(({ name, text }) => `${name} ${text}`).join(', ');
  const words =
    last === undefined ? none : `${show(Math.min(...values))} to ${show(Math.max(...values))}, last ${show(last)}`;
  return {
    kind: 'plot',
    ...about,
    points: points.map(({ at, value }) => [(at - view.from) / 1000, value === undefined ? null : rounded(value)]),
    label: `${about.title}: ${words}${limits === '' ? '' : `; ${limits}`}`,
    ...(last === undefined ? { problem: none } : {}),
  };
}

/** As exact as a screen is. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

const ends: Partial<Record<string, Tone>> = {
  failed: 'bad',
  'rolled back': 'bad',
  'rolled back, NOT verified': 'bad',
  'NOT rolled back': 'bad',
};

/** The phases, and what took them back, as stretches of time. */
export function bandsOf({ snapshot, now }: Pick<View, 'snapshot' | 'now'>): Band[] {
  const until = snapshot.run.outcome?.endedAt ?? now;
  const phases = snapshot.phases.map(({ phase, startedAt, endedAt, state }): Band => {
    return { from: startedAt, to: endedAt ?? until, label: phase, tone: ends[state] ?? 'info' };
  });
  const rollbacks = snapshot.rollbacks.map(({ startedAt, endedAt }): Band => {
    return { from: startedAt, to: endedAt ?? until, label: 'rollback', tone: 'warn' };
  });
  return [...phases, ...rollbacks];
}
