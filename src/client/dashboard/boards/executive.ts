import { metricTopics } from '../../../plan/dashboards.js';
import type { Metric } from '../../../plan/model.js';
import type { Block, Figure, Panel } from '../document.js';
import { figureOf } from '../figures.js';
import { unmeasured } from '../kpis.js';
import { mark, noSource, worst } from '../marks.js';
import { plotOf } from '../plots.js';
import type { View } from '../seen.js';

/** For those who must know whether the business is safe. */
export function executiveBoard(view: View): Panel[] {
  const { plan } = view.snapshot.frozen;
  const topics = metricTopics(plan);
  const figures = (metrics: readonly Metric[]): Figure[] => metrics.map((metric) => figureOf(view, metric));
  const golden = figures(topics.goldenPath);
  const security = figures(topics.security.filter(isCounted));
  const [response] = topics.times;
  const responses = response ? figures([response]) : [];
  const uptime = figures(topics.uptime);
  return [
    {
      id: 'golden-path',
      title: 'Golden Path Health',
      about: 'How often users get through, live',
      span: 8,
      ...marked(golden),
      blocks: orNothing([
        ...(golden.length > 0 ? [{ kind: 'figures', items: golden, lead: true } as const] : []),
        ...plots(topics.goldenPath.slice(0, 1), view),
      ]),
    },
    {
      id: 'security',
      title: 'Security Status',
      about: 'Isolation of users from one another',
      span: 4,
      ...marked(security),
      blocks: orNothing(security.length > 0 ? [{ kind: 'figures', items: security, lead: true }] : []),
    },
    {
      id: 'experience',
      title: 'User Experience',
      about: 'What users wait for and say',
      span: 5,
      ...marked(responses),
      blocks: [
        ...(responses.length > 0 ? [{ kind: 'figures', items: responses, lead: true } as const] : []),
        ...plots(response ? [response] : [], view),
        ...unmeasured(view, 'Satisfaction of users', /satisf/i),
      ],
    },
    {
      id: 'revenue',
      title: 'Revenue Impact',
      about: 'What is at stake if a metric turns bad',
      span: 4,
      blocks: [...unmeasured(view, 'Estimated revenue at risk', /revenue/i), ...impacts(view)],
    },
    {
      id: 'stability',
      title: 'System Stability',
      about: 'Overall health of the platform',
      span: 3,
      ...marked(uptime),
      blocks: [
        ...orNothing(uptime.length > 0 ? [{ kind: 'figures', items: uptime, lead: true }] : []),
        summary(view, Object.values(plan.metrics)),
      ],
    },
  ];
}

/** Shares and times belong elsewhere: security is about what must not happen once. */
function isCounted({ unit, target, priority }: Metric): boolean {
  return unit === 'count' && (target !== undefined || priority === undefined);
}

function marked(figures: readonly Figure[]): Pick<Panel, 'mark'> {
  const found = worst(figures.map((figure) => figure.mark));
  return found ? { mark: found } : {};
}

function plots(metrics: readonly Metric[], view: View): Block[] {
  return metrics.length > 0 ? [{ kind: 'plots', items: metrics.map((metric) => plotOf(view, metric)) }] : [];
}

function orNothing(blocks: Block[]): Block[] {
  return blocks.length > 0 ? blocks : [{ kind: 'note', mark: noSource, text: 'The plan has no metric for this.' }];
}

/** The impact that the plan declares of a metric, beside how the metric stands. */
function impacts(view: View): Block[] {
  const rows = Object.values(view.snapshot.frozen.plan.metrics).flatMap((metric) => {
    if (metric.impact === undefined) return [];
    const { label, value, unit, mark: standing } = figureOf(view, metric);
    return [
      [
        { text: metric.impact, sub: label },
        { text: `${value}${unit}`, mark: standing },
      ],
    ];
  });
  return rows.length > 0
    ? [{ kind: 'table', caption: 'Declared by the plan', columns: ['If it fails', 'Now'], rows }]
    : [];
}

/** How many metrics with a target are where they should be. */
function summary(view: View, metrics: readonly Metric[]): Block {
  const figures = metrics.filter(({ target }) => target !== undefined).map((metric) => figureOf(view, metric));
  if (figures.length === 0)
    return { kind: 'note', mark: mark('dim', 'no targets'), text: 'No metric of the plan has a target.' };
  const good = figures.filter((figure) => figure.mark.tone === 'good').length;
  const others = figures.filter((figure) => figure.mark.tone !== 'good');
  const all = good === figures.length;
  const names = others.map((figure) => `${figure.label} (${figure.mark.word})`).join(', ');
  return {
    kind: 'note',
    mark: all ? mark('good', 'all on target') : (worst(others.map((one) => one.mark)) ?? mark('dim', 'none')),
    text: `${good} of ${figures.length} metrics on target${names === '' ? '' : `; not: ${names}`}`,
  };
}
