import type { PhaseDocument, PlanDocument } from '../document/plan-document.js';
import { monitoringOnly } from '../document/plan-document.js';
import { parseCriterion } from '../language/criterion.js';
import { parseThreshold } from '../language/threshold.js';
import { sure } from '../language/understood.js';
import type { Bound, Criterion, Metric } from '../model.js';
import { meansNone } from '../rise.js';

export type CriteriaDocument = Extract<NonNullable<PhaseDocument['success']>, unknown[]>;

/** The metrics of a plan with their thresholds in canonical units. */
export function freezeMetrics(documents: PlanDocument['metrics']): Record<string, Metric> {
  return Object.fromEntries(
    Object.entries(documents).map(([name, { target, warning, critical, ...rest }]) => {
      const bound = (key: string, text: string | undefined): Record<string, Bound> =>
        text === undefined || text === monitoringOnly ? {} : { [key]: sure(parseThreshold(text, rest.unit)) };
      const thresholds = { ...bound('target', target), ...bound('warning', warning), ...bound('critical', critical) };
      return [name, { name, ...withoutUndefined(rest), ...thresholds, gates: target !== monitoringOnly }];
    })
  );
}

/** The criteria of a window, in canonical units and with the critical thresholds of their metrics. */
export function freezeCriteria(documents: CriteriaDocument, metrics: Record<string, Metric>): Criterion[] {
  return documents.map((document) => {
    const { criterion: text, ...options } = typeof document === 'string' ? { criterion: document } : document;
    return freezeCriterion(text, metrics, options);
  });
}

export function freezeCriterion(
  text: string,
  metrics: Record<string, Metric>,
  options: { 'on-breach'?: Criterion['onBreach'] | undefined; increase?: boolean | undefined } = {}
): Criterion {
  const parsed = sure(parseCriterion(text));
  const metric = metricNamed(parsed.metric, metrics);
  const { comparison, baseline } = parsed;
  const bound = comparison ? sure(parseThreshold(`${comparison.op} ${comparison.value}`, metric.unit)) : undefined;
  const isZero = meansNone(bound);
  return {
    metric: metric.name,
    unit: metric.unit,
    text: parsed.text,
    ...(bound ? { bound } : {}),
    ...(baseline ? { baseline } : {}),
    onBreach: options['on-breach'] ?? (isZero ? 'fail' : 'restart'),
    increase: options.increase ?? isZero,
    ...(metric.critical ? { critical: metric.critical } : {}),
  };
}

/** A metric's own target as a criterion. It may be outside at first: a rollback waits for it to come back. */
export function targetCriterion(name: string, metrics: Record<string, Metric>): Criterion {
  const { target } = metricNamed(name, metrics);
  const { critical: _, ...criterion } = freezeCriterion(`${name} ${target?.text ?? ''}`, metrics, {
    'on-breach': 'restart',
  });
  return criterion;
}

/** Criteria taken over from another window: they hold for the time of the new one. */
export function withoutDuration(criteria: readonly Criterion[]): Criterion[] {
  return criteria.map((criterion) => ({ ...criterion, text: criterion.text.replace(/ for \S+$/, '') }));
}

function metricNamed(name: string, metrics: Record<string, Metric>): Metric {
  const metric = metrics[name];
  if (!metric) throw new Error(`unchecked metric ${name}`);
  return metric;
}

/** Optional keys that are not there stay away: the frozen form is plain JSON. */
export function withoutUndefined<T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]: [string, unknown]) => item !== undefined)) as {
    [Key in keyof T]: Exclude<T[Key], undefined>;
  };
}
