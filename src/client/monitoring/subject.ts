import { fillQuery } from '../../activities/metrics/query-template.js';
import type { FrozenPlan, Metric, MetricBinding, TimeSpan } from '../../plan/model.js';
import { counterOf } from '../../plan/rise.js';
import type { RunReceiver } from './alertmanager/run-receiver.js';
import { ownCausesOf, type OwnCause } from './causes.js';
import { riseInRule, scrapedSince } from './counted.js';

/** One metric of the plan as Prometheus has it. */
export interface Watched {
  metric: Metric;
  /** Name of the recorded series: `phasegate:error_rate`. */
  record: string;
  /** That series, of this plan in this environment. */
  series: string;
  /** The environment's query, with `{{range}}` and `{{elapsed}}` filled in. */
  query: string;
  /** The span that the query looks back over, as the environment has it: `5m`. */
  range?: string;
  /** What is counted, of a binding with `counter:`. */
  counter?: string;
  /** Name -> query for the words of its alerts, filled in too. */
  context: Record<string, string>;
  causes: OwnCause[];
}

/** What is rendered: a frozen plan, and what of it Prometheus can know. */
export interface Subject extends SubjectOptions {
  frozen: FrozenPlan;
  labels: { plan: string; environment: string };
  watched: Watched[];
  /** Between two evaluations of the rules; milliseconds. */
  everyMs: number;
  inARow: number;
  missingInARow: number;
  /** What cannot be rendered, and why: printed, and kept in what is written. */
  remarks: string[];
}

export interface SubjectOptions {
  /** Yearly revenue that depends on what is migrated, in US dollars, where somebody declared it. */
  revenue?: number;
  /** Who tells the run of the alerts, where that is wanted. */
  receiver?: RunReceiver;
}

/** As windows have it, where the plan has no guard. */
const usual = { everyMs: 15_000, inARow: 2, missingInARow: 3 };
/** No rule is evaluated more often, however much an environment compresses time. */
const shortestMs = 5_000;
/** What counts since the first change of a run counts so far back in a rule, which knows no run. */
export const countedBackMs = 3_600_000;

export function subjectOf(frozen: FrozenPlan, options: SubjectOptions = {}): Subject {
  const { plan, environment } = frozen;
  const labels = { plan: plan.id, environment: environment.id };
  const { guard } = plan;
  const everyMs = Math.max(shortestMs, guard?.every.ms ?? usual.everyMs);
  const remarks: string[] = [];
  const watched: Watched[] = [];
  for (const metric of Object.values(plan.metrics)) {
    const binding = environment.metrics.bindings[metric.name];
    const causes = ownCausesOf(plan, metric.name);
    if (binding?.promql === undefined) remarks.push(`${metric.name}: ${whyNot(isAlertedTo(metric, causes), binding)}`);
    else watched.push({ ...watch(metric, { ...binding, promql: binding.promql }, { labels, everyMs }), causes });
  }
  return {
    frozen,
    labels,
    watched,
    everyMs,
    inARow: guard?.inARow ?? usual.inARow,
    missingInARow: guard?.missingInARow ?? usual.missingInARow,
    remarks,
    ...options,
  };
}

/** Whether people are told of it by name: of what crosses a threshold, and of what makes an incident. */
export function isAlertedTo({ warning, critical }: Metric, causes: readonly OwnCause[]): boolean {
  return warning !== undefined || critical !== undefined || causes.length > 0;
}

function whyNot(alerts: boolean, binding: MetricBinding | undefined): string {
  const lost = alerts ? 'no rule, no alert and no panel' : 'no rule and no panel';
  if (binding?.sample === undefined) return `the environment binds no query to it, so it has ${lost}`;
  return `the environment only knows it as the sample ${binding.sample} of a metrics endpoint, which no rule can query, so it has ${lost}; give its binding a "promql" beside`;
}

function watch(
  metric: Metric,
  binding: MetricBinding & { promql: string },
  { labels, everyMs }: Pick<Subject, 'labels' | 'everyMs'>
): Omit<Watched, 'causes'> {
  const record = `phasegate:${metric.name}`;
  const counter = counterOf(binding.promql);
  const promql =
    counter === undefined
      ? binding.promql
      : riseInRule(counter, `${scrapedSince}${matchers(labels)}`, promDuration(everyMs));
  return {
    metric,
    record,
    series: `${record}${matchers(labels)}`,
    query: filled(promql, binding.range),
    ...(binding.range ? { range: binding.range.planned } : {}),
    ...(counter === undefined ? {} : { counter }),
    context: Object.fromEntries(
      Object.entries(binding.context ?? {}).map(([name, promql]) => [name, filled(promql, binding.range)])
    ),
  };
}

/** As a rule asks it: what looks back to the first change of a run looks back over {@link countedBackMs}. */
export function filled(promql: string, range?: TimeSpan): string {
  const read = fillQuery({ promql, ...(range ? { range } : {}) }, countedBackMs, { since: 0 });
  return read?.query ?? promql;
}

/**
 * `{environment="demo",plan="x",state!="ended"}`: ids have no character that would need escaping.
 *
 * @param more matchers that are not plain equality, as they are written
 */
export function matchers(labels: Record<string, string>, ...more: readonly string[]): string {
  const equal = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{${[...equal, ...more].join(',')}}`;
}

/** A series where it has a value: NaN, which a ratio of nothing is, is the only one that differs from itself. */
export function measured(series: string): string {
  return `${series} == ${series}`;
}

/** A span as Prometheus and Alertmanager write one. */
export function promDuration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${Math.round(ms)}ms`;
}
