import type { Metric } from '../../../plan/model.js';
import { type Subject, type Watched } from '../subject.js';
import { isAbout, those } from './about.js';
import { adviceFor } from './executive.js';
import type { Panel, Section } from './model.js';
import { exported, filling, noDataSource, states, trendOf } from './panels.js';

/** What engineers are shown. Every metric of the plan is in one of these sections. */
export function engineeringSections(subject: Subject): Section[] {
  const rest = new Set(subject.watched);
  const take = (wanted: (metric: Metric) => boolean): Watched[] => {
    const found = those(subject, wanted).filter((each) => rest.has(each));
    for (const each of found) rest.delete(each);
    return found;
  };
  const resources = resourcePanels(take);
  const errors = take((metric) => isAbout(metric, 'failures') && metric.unit !== 'seconds');
  const trends = take(
    (metric) => metric.unit === 'seconds' || (metric.unit === 'count' && isAbout(metric, 'throughput'))
  );
  return [
    { title: 'Component Health', panels: orNothing(filling([...rest], 3, trendOf), 'Health of components') },
    { title: 'Performance Trends', panels: orNothing(filling(trends, 3, trendOf), 'Response time and throughput') },
    { title: 'Error Analysis', panels: orNothing(filling(errors, 3, trendOf), 'Error rates') },
    { title: 'Resource Utilization', panels: resources },
    { title: 'Migration Progress', panels: progress(subject) },
  ];
}

function orNothing(panels: Panel[], title: string): Panel[] {
  if (panels.length > 0) return panels;
  return [noDataSource(title, 'No metric of the plan measures it.', adviceFor('one'), 24)];
}

function resourcePanels(take: (wanted: (metric: Metric) => boolean) => Watched[]): Panel[] {
  const memory = take((metric) => metric.unit === 'bytes' || isAbout(metric, 'memory'));
  const database = take((metric) => isAbout(metric, 'database'));
  const cpu = take((metric) => isAbout(metric, 'cpu'));
  const missing = Object.entries({ Memory: memory, CPU: cpu, Database: database }).filter(
    ([, found]) => found.length === 0
  );
  return [
    ...filling([...memory, ...cpu, ...database], 3, trendOf),
    ...missing.map(([title], index) => {
      const width = Math.floor(24 / missing.length);
      const own = index + 1 === missing.length ? 24 - width * index : width;
      return noDataSource(title, 'No metric of the plan measures it.', adviceFor('one'), own);
    }),
  ];
}

const onOff = { 0: { text: 'off', colour: 'text' }, 1: { text: 'on', colour: 'green' } };

function progress(subject: Subject): Panel[] {
  return [
    states(
      'Flags',
      'Whether each flag is on, as the flag system has it',
      12,
      [{ expr: exported(subject, 'phasegate_flag_enabled', ['flag']), legend: '{{flag}}' }],
      onOff
    ),
    {
      kind: 'trend',
      title: 'Adoption',
      description: 'Share of users whom each flag gives the new path, as the flag system has it',
      width: 12,
      unit: 'ratio',
      queries: [{ expr: exported(subject, 'phasegate_flag_exposure_ratio', ['flag']), legend: '{{flag}}' }],
    },
    states('Steps', 'Latest attempt of each step of the phases under way', 24, [
      {
        expr: exported(subject, 'phasegate_step_state', ['phase', 'step', 'state']),
        legend: '{{phase}}/{{step}} {{state}}',
      },
      {
        expr: exported(subject, 'phasegate_step_verdict', ['phase', 'step', 'verdict']),
        legend: '{{phase}}/{{step}} {{verdict}}',
      },
    ]),
  ];
}
