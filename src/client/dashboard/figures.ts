import { criterionOf, kpiBoundOf } from '../../plan/dashboards.js';
import { formatValue } from '../../plan/judge/format.js';
import { holds, limitsOf } from '../../plan/judge/measure.js';
import type { Bound, Metric } from '../../plan/model.js';
import { capital, spanText } from '../../plan/text/spans.js';
import type { Figure, Mark, ShownBound } from './document.js';
import { mark } from './marks.js';
import { timesOf, type View } from './seen.js';

/** Enough to tell values apart; the mark beside it says on which side of its thresholds it is. */
const digits = 4;
/** A value that is so much older than the data is not of now. */
const staleMs = 15_000;

/** The thresholds that the plan declares, or what its phases judge the metric by. */
export function boundsOf({ snapshot }: Pick<View, 'snapshot'>, metric: Metric): ShownBound[] {
  const declared = (['target', 'warning', 'critical'] as const).flatMap((name) => {
    const bound = metric[name];
    return bound ? [{ name, value: bound.value, text: bound.text, op: bound.op }] : [];
  });
  if (declared.length > 0) return declared;
  return judgedBy({ snapshot }, metric);
}

/**
 * What a metric without thresholds of its own is judged by: the criteria of phases, relative ones once the baseline is
 * known, else what a success metric of the plan asks of it.
 */
function judgedBy({ snapshot }: Pick<View, 'snapshot'>, { name }: Metric): ShownBound[] {
  const { plan } = snapshot.frozen;
  const criterion = criterionOf(plan, name);
  const as = (shown: ShownBound['name'], bounds: readonly Bound[]): ShownBound[] =>
    bounds.map(({ value, text, op }) => ({ name: shown, value, text, op }));
  if (criterion?.bound) return as('criterion', [criterion.bound]);
  const base = snapshot.phases.map(({ baseline }) => baseline?.values[name]).find((value) => value !== undefined);
  if (criterion?.baseline && base !== undefined) return as('criterion', limitsOf(criterion.baseline, base));
  const promised = kpiBoundOf(plan, name);
  return promised ? as('target', [promised]) : [];
}

/** A value on the scale on which the plan judges it: what counts from the first change has the earlier count taken off. */
export function judgedValue(view: View, metric: Metric, raw: number): number {
  const criterion = criterionOf(view.snapshot.frozen.plan, metric.name);
  if (criterion?.increase !== true || countsItself(view, metric.name)) return raw;
  const base = view.snapshot.phases.find(({ changedAt }) => changedAt !== undefined)?.baseline?.values[metric.name];
  return base === undefined || raw < base ? raw : raw - base;
}

function countsItself({ snapshot }: View, metric: string): boolean {
  const { provider, bindings } = snapshot.frozen.environment.metrics;
  const query = Object.hasOwn(bindings, metric) ? bindings[metric]?.promql : undefined;
  return provider === 'prometheus' && query?.includes('elapsed') === true;
}

/** On which side of its thresholds a value is. */
export function standingOf({ snapshot }: Pick<View, 'snapshot'>, metric: Metric, value: number): Mark {
  const { critical, warning, target } = metric;
  if (critical && holds(critical, value)) return mark('bad', 'critical');
  if (warning && holds(warning, value)) return mark('warn', 'warning');
  if (target) return holds(target, value) ? mark('good', 'on target') : mark('warn', 'off target', '▲');
  if (critical ?? warning) return mark('good', 'inside its limits');
  const bounds = judgedBy({ snapshot }, metric);
  const [first] = bounds;
  if (!first) return mark('dim', 'watched');
  const good = bounds.every((bound) => holds(bound, value));
  if (first.name === 'target') return good ? mark('good', 'on target') : mark('warn', 'off target', '▲');
  return good ? mark('good', 'meets its criterion') : mark('warn', 'misses its criterion', '▲');
}

/** The latest value of a metric in people's words; without one it says why, and never shows a zero. */
export function figureOf(view: View, metric: Metric, label = labelOf(metric)): Figure {
  const latest = view.metrics.latest(metric.name);
  const bounds = boundsOf(view, metric).map(({ name, text }) => `${name} ${text}`);
  if (latest?.value === undefined) {
    const why = latest === undefined ? 'not read yet' : reasonOf(latest.reading);
    // What could not be measured is never as good as well.
    const tone = latest === undefined || bounds.length === 0 ? 'dim' : 'warn';
    return { label, value: '–', unit: '', mark: mark(tone, 'no data', '?'), bounds, note: why };
  }
  const value = judgedValue(view, metric, latest.value);
  const shown = { label, ...parted(formatValue(metric.unit, value, digits)), bounds };
  const { outcome } = view.snapshot.run;
  const age = (outcome ? latest.at : view.now - lagOf(view)) - (latest.valueAt ?? latest.at);
  if (latest.reading.kind !== 'value' || age > staleMs) {
    const why = latest.reading.kind === 'value' ? '' : `: ${reasonOf(latest.reading)}`;
    return { ...shown, mark: mark('warn', 'stale', '?'), stale: true, note: `${spanText(age)} old${why}` };
  }
  const notes = [
    ...(outcome ? ['at the end of the run'] : []),
    ...(countsFrom(view, metric) ? [sinceWords(view)] : []),
  ];
  return {
    ...shown,
    mark: standingOf(view, metric, value),
    ...(notes.length > 0 ? { note: notes.join(', ') } : {}),
  };
}

function lagOf({ snapshot }: View): number {
  return snapshot.frozen.environment.metrics.lag.ms;
}

function countsFrom(view: View, metric: Metric): boolean {
  return metric.unit === 'count' && (countsItself(view, metric.name) || criterionOf(view.snapshot.frozen.plan, metric.name)?.increase === true); // prettier-ignore
}

function sinceWords({ snapshot }: View): string {
  return timesOf(snapshot).changedAt === undefined ? 'since the start' : 'since the first change';
}

function reasonOf(reading: NonNullable<ReturnType<View['metrics']['latest']>>['reading']): string {
  if (reading.kind === 'invalid' || reading.kind === 'error') return reading.reason;
  return 'the source has no value now';
}

/** `97.5` and `%`. */
function parted(text: string): { value: string; unit: string } {
  const [, value = text, unit = ''] = /^(-?[\d.]+(?:e[+-]?\d+)?)(.*)$/i.exec(text) ?? [];
  return { value, unit };
}

/** `golden_path_success_rate` as people say it. */
export function labelOf({ name }: Pick<Metric, 'name'>): string {
  return capital(name.replaceAll('_', ' '));
}
