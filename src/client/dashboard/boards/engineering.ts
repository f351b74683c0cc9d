import { deploymentPhases } from '../../../plan/phases.js';
import { criteriaOf, metricTopics } from '../../../plan/dashboards.js';
import type { Metric, Phase } from '../../../plan/model.js';
import { spanText } from '../../../plan/text/spans.js';
import { effectiveState } from '../../read/effective-state.js';
import type { Block, Cell, Panel, Plot } from '../document.js';
import { figureOf, labelOf } from '../figures.js';
import { flagsOf } from '../flags.js';
import { mark, markOf, noSource } from '../marks.js';
import { plotOf, ratePlotOf } from '../plots.js';
import type { View } from '../seen.js';

const mostFailures = 6;

/** For those who build and mend. */
export function engineeringBoard(view: View): Panel[] {
  const topics = metricTopics(view.snapshot.frozen.plan);
  return [
    {
      id: 'components',
      title: 'Component Health',
      about: 'Each phase by what it is judged by',
      span: 8,
      blocks: [componentTable(view)],
    },
    {
      id: 'migration',
      title: 'Migration Progress',
      about: 'Feature flags and adoption',
      span: 4,
      blocks: progressBlocks(view),
    },
    {
      id: 'trends',
      title: 'Performance Trends',
      about: 'Response times and throughput',
      span: 12,
      blocks: plotsOr('times or traffic', [
        ...topics.times.map((metric) => plotOf(view, metric)),
        ...topics.traffic.map((metric) => ratePlotOf(view, metric, `Throughput: ${labelOf(metric).toLowerCase()}`)),
        ...topics.load.map((metric) => plotOf(view, metric)),
      ]),
    },
    {
      id: 'errors',
      title: 'Error Analysis',
      about: 'Error rates and failure modes',
      span: 7,
      blocks: [
        ...plotsOr(
          'errors',
          topics.errors.filter(({ unit }) => unit === 'ratio').map((metric) => plotOf(view, metric))
        ),
        ...figures(
          view,
          topics.errors.filter(({ unit }) => unit !== 'ratio')
        ),
        failureTable(view),
      ],
    },
    {
      id: 'resources',
      title: 'Resource Utilization',
      about: 'Memory, database and CPU',
      span: 5,
      blocks: [
        ...resource(view, 'Memory', topics.memory),
        ...resource(view, 'Database', topics.database),
        ...resource(view, 'CPU', topics.cpu),
      ],
    },
  ];
}

function plotsOr(what: string, items: Plot[]): Block[] {
  if (items.length > 0) return [{ kind: 'plots', items }];
  return [{ kind: 'note', mark: noSource, text: `The plan has no metric of ${what}: no data source` }];
}

function figures(view: View, metrics: readonly Metric[]): Block[] {
  if (metrics.length === 0) return [];
  return [{ kind: 'figures', items: metrics.map((metric) => figureOf(view, metric)) }];
}

function resource(view: View, what: string, metrics: readonly Metric[]): Block[] {
  if (metrics.length === 0) return [{ kind: 'note', mark: noSource, text: `${what}: no data source` }];
  return [...figures(view, metrics), { kind: 'plots', items: metrics.map((metric) => plotOf(view, metric)) }];
}

function componentTable(view: View): Block {
  const { snapshot, now } = view;
  const rows = deploymentPhases(snapshot.frozen.plan.phases).map((phase): Cell[] => {
    const summary = snapshot.run.phases.find(({ id }) => id === phase.id);
    const status = snapshot.phases.find((one) => one.phase === phase.id);
    const state = summary?.state === 'running' ? (status?.state ?? 'running') : (summary?.state ?? 'pending');
    const took = summary?.startedAt === undefined ? '' : spanText((summary.endedAt ?? now) - summary.startedAt);
    return [
      { text: `${phase.id}  ${phase.title}` },
      { text: state, mark: markOf(state), sub: took },
      criteriaCell(view, phase),
    ];
  });
  return { kind: 'table', caption: 'Components', columns: ['Phase', 'State', 'Judged by'], rows };
}

function criteriaCell(view: View, phase: Phase): Cell {
  const { metrics } = view.snapshot.frozen.plan;
  const found = criteriaOf(phase).flatMap(({ metric, text }) => {
    const declared = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
    if (!declared) return [];
    const { value, unit, mark: standing } = figureOf(view, declared);
    return [
      { label: labelOf(declared), value: `${value}${unit}`, note: text.slice(metric.length).trim(), mark: standing },
    ];
  });
  return { text: '', list: found };
}

function progressBlocks(view: View): Block[] {
  const { run, frozen } = view.snapshot;
  const flags = flagsOf(view.snapshot);
  const changing = new Set(deploymentPhases(frozen.plan.phases).map(({ id }) => id));
  const phases = run.phases.filter(({ id }) => changing.has(id));
  const done = phases.filter(({ state }) => state === 'completed').length;
  const note: Block = {
    kind: 'note',
    mark: done === phases.length ? mark('good', 'done') : markOf(effectiveState(view.snapshot)),
    text: `${done} of ${phases.length} components migrated`,
  };
  const marks = { 'not yet': mark('dim', 'off'), on: mark('good', 'on'), 'taken back': markOf('rolled back') };
  return [
    note,
    {
      kind: 'meters',
      items: flags.map(({ key, phase, percent, planned, state }) => ({
        label: `${phase}  ${key}`,
        percent,
        text: `${percent} % of ${planned} %`,
        mark: state === 'taken back' ? { ...marks[state], word: 'taken back' } : marks[state],
      })),
    },
  ];
}

function failureTable({ snapshot, now }: View): Block {
  const failed = [...snapshot.phases, ...snapshot.rollbacks.map(({ checks }) => ({ steps: checks }))]
    .flatMap(({ steps }) => steps)
    .filter(({ state }) => state === 'failed' || state === 'on hold')
    .map((step): Cell[] => [
      { text: step.title, sub: step.address },
      { text: step.state, mark: markOf(step.state) },
      step.reason ?? '',
      step.endedAt === undefined ? '' : `${spanText(now - step.endedAt)} ago`,
    ]);
  const trying = snapshot.troubles.map(({ activity, attempt, reason }): Cell[] => [
    activity,
    { text: `attempt ${attempt}`, mark: mark('warn', 'tried again') },
    reason,
    'now',
  ]);
  const rows = [...trying, ...failed.toReversed()].slice(0, mostFailures);
  if (rows.length === 0) {
    return { kind: 'note', mark: mark('good', 'none'), text: 'No step of the run failed or is on hold.' };
  }
  return { kind: 'table', caption: 'Failure modes in the run', columns: ['What', 'State', 'Why', 'When'], rows };
}
