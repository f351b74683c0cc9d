import { describe, expect, it } from 'vitest';
import { freezeTexts } from '../support/freeze-texts.js';
import { sampleEnvironment, samplePlan } from '../support/samples.js';

const kpis = `
kpis:
  - { id: migrated, group: technical, title: Migrated, target: '== 100%', run: migrated }
  - { id: no-rollbacks, group: technical, title: Rollbacks, target: '== 0', run: rollbacks }
  - { id: errors, group: technical, title: Errors, target: '< 1%', metric: error_rate }
  - { id: slower, group: technical, title: Slower, target: '< 5%', metric: latency, take: change }
  - { id: revenue, group: business, title: Revenue, target: no loss, ask: { by: ops, week: 3 } }
`;

const day = 86_400_000;
type Change = (text: string) => string;
const withKpis = (change: Change = (text) => text): string => `${samplePlan.trimEnd()}\n${change(kpis)}`;

describe('the KPIs of a plan', () => {
  it('have their targets in the unit of what is measured', () => {
    const { frozen, faults } = freezeTexts(withKpis(), sampleEnvironment);
    expect(faults).toEqual([]);
    expect(frozen?.plan.kpis).toMatchObject([
      { kind: 'run', of: 'migrated', unit: 'ratio', bound: { op: '==', value: 1 } },
      { kind: 'run', of: 'rollbacks', unit: 'count', bound: { op: '==', value: 0 } },
      { kind: 'metric', metric: 'error_rate', take: 'mean', unit: 'ratio', bound: { value: 0.01 } },
      { kind: 'metric', metric: 'latency', take: 'change', unit: 'ratio', bound: { value: 0.05 } },
      { kind: 'asked', by: 'ops', due: { unit: 'week', at: 3 }, target: 'no loss' },
    ]);
    expect(frozen?.plan.phases[0]?.baselineNoted).toEqual(['latency']);
  });

  it('have the target of what is taken in the unit of the metric, but of a change in percent', () => {
    const { frozen } = freezeTexts(
      withKpis((text) => text.replace("'< 1%', metric: error_rate", "'< 3s', metric: latency, take: max")),
      sampleEnvironment
    );
    expect(frozen?.plan.kpis?.[2]).toMatchObject({ take: 'max', unit: 'seconds', bound: { op: '<', value: 3 } });
  });

  it('that somebody is asked about are tasks of the clean-up, together where they are due together', () => {
    const more = `${kpis}  - { id: churn, group: business, title: Churn, target: below 2 in 100, ask: { by: lead, week: 3 } }
  - { id: costs, group: long-term, title: Costs, target: no rise, ask: { by: ops, month: 6 } }
`;
    const { frozen, faults } = freezeTexts(
      withKpis(() => more),
      sampleEnvironment
    );
    expect(faults).toEqual([]);
    expect(frozen?.plan.kpis?.at(-1)).toMatchObject({ kind: 'asked', due: { unit: 'month', at: 6 } });
    const task = { kind: 'kpi', evidence: 'required', notApplicable: false };
    expect(frozen?.plan.cleanup).toEqual({
      title: 'Clean-up',
      remindEvery: { ms: 7 * day, planned: '7d' },
      groups: [
        {
          id: 'kpis-week-3',
          title: 'KPIs of week 3',
          schedule: { unit: 'week', from: 3, to: 3 },
          length: { ms: 7 * day, planned: '7d' },
          tasks: [
            { ...task, id: 'revenue', title: 'Revenue: no loss', owner: 'ops', target: 'no loss' },
            { ...task, id: 'churn', title: 'Churn: below 2 in 100', owner: 'lead', target: 'below 2 in 100' },
          ],
        },
        {
          id: 'kpis-month-6',
          title: 'KPIs of month 6',
          schedule: { unit: 'month', from: 6, to: 6 },
          length: { ms: 30 * day, planned: '30d' },
          tasks: [{ ...task, id: 'costs', title: 'Costs: no rise', owner: 'ops', target: 'no rise' }],
        },
      ],
    });
  });

  it('make no clean-up where nobody is asked', () => {
    const measured = withKpis((text) => text.replace(/ {2}- \{ id: revenue.*\n/, ''));
    const { frozen, faults } = freezeTexts(measured, sampleEnvironment);
    expect(faults).toEqual([]);
    expect(frozen?.plan).not.toHaveProperty('cleanup');
  });

  it.each<[string, Change, string, string]>([
    ['an id that is used twice', (text) => text.replace('id: errors', 'id: migrated'), 'PG106', 'used twice'],
    ['an unknown metric', (text) => text.replace('metric: error_rate', 'metric: eror_rate'), 'PG105', 'eror_rate'],
    ['an unknown role', (text) => text.replace('by: ops', 'by: opps'), 'PG105', 'opps'],
    ['a target in another unit', (text) => text.replace("'< 1%'", "'< 1s'"), 'PG104', '1s'],
    ['a target in words where it is measured', (text) => text.replace("'< 1%'", 'few'), 'PG104', 'no operator'],
    [
      'something taken of no metric',
      (text) => text.replace('run: rollbacks', 'run: rollbacks, take: max'),
      'PG104',
      'only of a metric',
    ],
    ['no time', (text) => text.replace(', week: 3', ''), 'PG104', 'nobody can tell when'],
    ['two times', (text) => text.replace('week: 3', 'week: 3, month: 1'), 'PG104', 'nobody can tell when'],
    [
      'two sources',
      (text) => text.replace('run: rollbacks', 'run: rollbacks, metric: latency'),
      'PG103',
      'exactly one of',
    ],
    ['no source', (text) => text.replace(', run: rollbacks', ''), 'PG103', 'exactly one of'],
  ])('are refused with %s', (_, change, code, says) => {
    expect(change(kpis)).not.toBe(kpis);
    const { faults } = freezeTexts(withKpis(change), sampleEnvironment);
    expect(faults[0]).toMatchObject({ code, message: expect.stringContaining(says) as string });
  });
});
