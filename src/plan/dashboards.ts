import type { Bound, Criterion, Metric, Phase, Plan } from './model.js';

/** Which metrics of a plan a dashboard shows where. A metric may be in several places, or in none. */
export interface MetricTopics {
  /** Red shares: what users and the business live on. */
  goldenPath: Metric[];
  /** What must not happen to one user because of another. */
  security: Metric[];
  /** Share of time in which the platform is there. */
  uptime: Metric[];
  /** Everything that takes time; with thresholds first. */
  times: Metric[];
  /** Counts that a window needs to have seen enough. */
  traffic: Metric[];
  /** Watched and never judged. */
  load: Metric[];
  errors: Metric[];
  memory: Metric[];
  database: Metric[];
  cpu: Metric[];
}

/**
 * Sorts the metrics of a plan by what the plan says of them: priority, unit, thresholds, and the words of their names.
 * Nothing of one plan is known here.
 */
export function metricTopics({ metrics, phases }: Pick<Plan, 'metrics' | 'phases'>): MetricTopics {
  const all = Object.values(metrics);
  const counted = new Set(phases.flatMap(windowsOf).flatMap(({ minTraffic }) => minTraffic?.metric ?? []));
  const named = (words: RegExp): Metric[] => all.filter(({ name }) => words.test(name));
  return {
    goldenPath: all.filter(({ priority, unit, gates }) => priority === 'red' && unit === 'ratio' && gates),
    security: named(/isolation|security|permission|violation|leak/i),
    uptime: named(/uptime|availability/i),
    times: all.filter(({ unit }) => unit === 'seconds').toSorted((a, b) => rank(a) - rank(b)),
    traffic: all.filter(({ name }) => counted.has(name)),
    load: all.filter(({ gates }) => !gates),
    errors: named(/error|failure|corruption/i),
    memory: all.filter(({ name, unit }) => unit === 'bytes' || /memory/i.test(name)),
    database: named(/database|pool/i),
    cpu: named(/cpu|processor/i),
  };
}

function rank({ target, warning, critical }: Metric): number {
  return target || warning || critical ? 0 : 1;
}

/** What the windows of a plan judge a metric by: the first absolute criterion, else the first relative one. */
export function criterionOf({ phases }: Pick<Plan, 'phases'>, metric: string): Criterion | undefined {
  const all = phases.flatMap(windowsOf).flatMap(({ criteria }) => criteria);
  const ours = all.filter((criterion) => criterion.metric === metric);
  return ours.find(({ bound }) => bound !== undefined) ?? ours[0];
}

/** What a success metric of the plan asks of a metric's values. */
export function kpiBoundOf({ kpis = [] }: Pick<Plan, 'kpis'>, metric: string): Bound | undefined {
  const found = kpis.find((kpi) => kpi.kind === 'metric' && kpi.metric === metric);
  return found?.kind === 'metric' && found.take !== 'change' && found.take !== 'increase' ? found.bound : undefined;
}

/** Criteria of a phase, each metric once. */
export function criteriaOf(phase: Phase): Criterion[] {
  const all = windowsOf(phase).flatMap(({ criteria }) => criteria);
  return all.filter((criterion, index) => all.findIndex(({ metric }) => metric === criterion.metric) === index);
}

function windowsOf(phase: Phase): NonNullable<Phase['success']>[] {
  const own = [...phase.before, ...phase.steps].flatMap((step) => {
    if (step.kind === 'watch') return [step.window];
    return step.kind === 'traffic' ? [step.hold] : [];
  });
  return [...(phase.success ? [phase.success] : []), ...own];
}
