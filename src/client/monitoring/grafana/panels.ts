import type { RunMetric } from '../../../plan/run-metrics.js';
import { cell } from '../../markdown/table.js';
import { matchers, type Subject, type Watched } from '../subject.js';
import type { Panel, Query, Words } from './model.js';

/** A series of this run as the workers export it; several of them tell the same. */
export function exported(subject: Subject, name: RunMetric, by: readonly string[], ...more: string[]): string {
  return `max${by.length > 0 ? ` by (${by.join(', ')})` : ''} (${name}${matchers(subject.labels, ...more)})`;
}

/** The alerts of Prometheus that belong to this plan. */
export function firing({ labels }: Subject): string {
  return `ALERTS${matchers({ alertstate: 'firing', ...labels })}`;
}

export function trendOf({ metric, series }: Watched, width: number): Panel {
  return {
    kind: 'trend',
    title: metric.name,
    description: describe(metric),
    width,
    unit: metric.unit,
    queries: [{ expr: series, legend: metric.name }],
    levels: levelsOf(metric),
  };
}

export function nowOf({ metric, series }: Watched, width: number): Panel {
  return {
    kind: 'now',
    title: metric.description,
    description: describe(metric),
    width,
    unit: metric.unit,
    queries: [{ expr: series, legend: metric.name }],
    levels: levelsOf(metric),
  };
}

export function states(title: string, description: string, width: number, queries: Query[], words?: Words): Panel {
  return { kind: 'states', title, description, width, unit: 'count', queries, ...(words ? { words } : {}) };
}

/** Said in place of a figure, so that nobody takes silence for a good sign. */
export function noDataSource(title: string, what: string, how: string, width: number): Panel {
  return { kind: 'text', title, description: '', width, text: `**No data source.** ${what}\n\n${how}` };
}

function levelsOf({
  target,
  warning,
  critical,
}: Watched['metric']): NonNullable<Extract<Panel, { levels?: unknown }>['levels']> {
  return {
    ...(target ? { target } : {}),
    ...(warning ? { warning } : {}),
    ...(critical ? { critical } : {}),
  };
}

function describe({ description, target, warning, critical, impact }: Watched['metric']): string {
  const levels = [
    target ? `target ${target.text}` : '',
    warning ? `warning ${warning.text}` : '',
    critical ? `critical ${critical.text}` : '',
  ].filter((text) => text !== '');
  // Grafana reads it as Markdown.
  return cell(
    [description, levels.join(', ') || 'no thresholds', impact ?? ''].filter((text) => text !== '').join('. ')
  );
}

/** Widths of so many panels that fill lines of 24 columns; at most `most` in a line. */
export function widths(count: number, most: number): number[] {
  if (count === 0) return [];
  const lines = Math.ceil(count / most);
  const perLine = Math.ceil(count / lines);
  return Array.from({ length: count }, (_, index) => {
    const inLine = Math.min(perLine, count - Math.floor(index / perLine) * perLine);
    const width = Math.floor(24 / inLine);
    const last = (index % perLine) + 1 === inLine;
    return last ? 24 - width * (inLine - 1) : width;
  });
}

export function filling(watched: readonly Watched[], most: number, panel: typeof trendOf): Panel[] {
  const wide = widths(watched.length, most);
  return watched.map((each, index) => panel(each, wide[index] ?? 24));
}
