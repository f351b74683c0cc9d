import { meansNone } from '../../../plan/rise.js';
import { cell } from '../../markdown/table.js';
import type { Subject, Watched } from '../subject.js';
import { isAbout, isSuccessRate, those } from './about.js';
import type { Panel, Section } from './model.js';
import { exported, filling, firing, noDataSource, nowOf, states, trendOf } from './panels.js';

/** What executives are shown: is it well, what is at stake, do people notice, is it safe. */
export function executiveSections(subject: Subject): Section[] {
  return [
    { title: 'Golden Path Health', panels: goldenPath(subject) },
    { title: 'Revenue Impact', panels: revenue(subject) },
    { title: 'User Experience', panels: experience(subject) },
    { title: 'Security Status', panels: security(subject) },
    { title: 'System Stability', panels: stability(subject) },
  ];
}

function redRates(subject: Subject): Watched[] {
  return those(subject, (metric) => metric.priority === 'red' && isSuccessRate(metric));
}

function goldenPath(subject: Subject): Panel[] {
  const rates = redRates(subject);
  if (rates.length === 0) {
    return [
      noDataSource(
        'Success rates',
        'The plan has no red metric that is a success rate.',
        adviceFor('such a metric'),
        24
      ),
    ];
  }
  return [...filling(rates, 4, nowOf), ...filling(rates, 2, trendOf)];
}

/** What of the declared revenue depends on requests that fail now; nothing measures revenue itself. */
function revenue(subject: Subject): Panel[] {
  const rates = redRates(subject);
  const impacts = Object.values(subject.frozen.plan.metrics).flatMap(({ name, impact }) =>
    impact === undefined ? [] : [`- ${cell(name)}: ${cell(impact)}`]
  );
  const declared: Panel = {
    kind: 'text',
    title: 'Declared in the plan',
    description: '',
    width: 12,
    text: impacts.length > 0 ? impacts.join('\n') : 'The plan declares no business impact.',
  };
  const { revenue: yearly } = subject;
  if (yearly === undefined || rates.length === 0) {
    const missing = rates.length === 0 ? 'the plan has no red success rate' : 'no revenue was declared';
    return [
      noDataSource(
        'Estimated revenue at risk',
        `Nothing measures it, and ${missing}.`,
        'Declare it: `phasegate render … --revenue DOLLARS`.',
        12
      ),
      declared,
    ];
  }
  // Without a label of its own each would be taken for the first.
  const each = rates
    .map(({ metric, series }) => `label_replace(${series}, "of", "${metric.name}", "", "")`)
    .join(' or ');
  // One without a value may be the worst. NaN is above nothing.
  const known = `count((${each}) >= -Inf) == ${rates.length}`;
  return [
    {
      kind: 'now',
      title: 'Estimated revenue at risk, a year',
      description: `An estimate, computed: ${yearly} dollars a year, as declared, times the share that fails of the worst of ${rates.map(({ metric }) => metric.name).join(', ')}; nothing is told while one of them has no data`,
      width: 12,
      unit: 'dollars',
      queries: [{ expr: `${yearly} * (1 - clamp(min(${each}), 0, 1)) and ${known}`, legend: 'at risk' }],
    },
    declared,
  ];
}

function experience(subject: Subject): Panel[] {
  const times = those(subject, ({ unit }) => unit === 'seconds');
  const satisfied = those(subject, (metric) => isAbout(metric, 'satisfaction'));
  const panels =
    satisfied.length > 0
      ? filling(satisfied, 2, nowOf)
      : [noDataSource('Satisfaction', 'No metric of the plan measures it.', adviceFor('one'), 24)];
  return [...filling(times, 3, trendOf), ...panels];
}

function security(subject: Subject): Panel[] {
  const watched = those(
    subject,
    (metric) => isAbout(metric, 'security') || (metric.unit === 'count' && meansNone(metric.target))
  );
  if (watched.length === 0) {
    return [noDataSource('Isolation of users', 'No metric of the plan measures it.', adviceFor('one'), 24)];
  }
  return filling(watched, 4, nowOf);
}

function stability(subject: Subject): Panel[] {
  const uptime = those(subject, (metric) => isAbout(metric, 'uptime'));
  const errors = those(subject, ({ name, unit }) => unit === 'ratio' && /error/.test(name));
  const measured = [...uptime, ...errors];
  return [
    ...filling(measured, 3, trendOf),
    {
      kind: 'trend',
      title: 'Alerts that fire',
      description: 'Alerts of this plan in Prometheus, by severity',
      width: 12,
      unit: 'count',
      queries: [{ expr: `count by (severity) (${firing(subject)})`, legend: '{{severity}}' }],
    },
    states('Migration', 'State of the run, as its worker tells', 12, [
      { expr: exported(subject, 'phasegate_run_state', ['state']), legend: '{{state}}' },
    ]),
  ];
}

export function adviceFor(what: string): string {
  return `Declare ${what} in the plan, bind it in the environment, and render again.`;
}
