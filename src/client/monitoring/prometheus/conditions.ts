import type { RunMetric } from '../../../plan/run-metrics.js';
import type { OwnCause } from '../causes.js';
import { matchers, type Subject, type Watched } from '../subject.js';

const exported: RunMetric = 'phasegate_metric_baseline';

/** What a worker exports of a run's baseline of a metric: `phasegate_metric_baseline{environment="e",…}`. */
export function baselineSeries({ labels }: Pick<Subject, 'labels'>, { metric }: Pick<Watched, 'metric'>): string {
  return `${exported}${matchers({ ...labels, metric: metric.name })}`;
}

/** The condition of a cause as a query: an answer where it holds, and none where nobody can tell. */
export function conditionOf(subject: Subject, watched: Watched, { bounds, ofBaseline }: OwnCause): string {
  // A worker that has just died does not take the run's baseline with it. A share of 0 says nothing.
  const known = `scalar(max(last_over_time(${baselineSeries(subject, watched)}[1h]) > 0))`;
  return bounds.reduce((expr, { op, value }, index) => {
    const left = index === 0 ? expr : `(${expr})`;
    return `${left} ${op} ${value}${ofBaseline ? ` * ${known}` : ''}`;
  }, watched.series);
}
