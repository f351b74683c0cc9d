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
