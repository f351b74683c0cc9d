import { describe, expect, it } from 'vitest';
import { loadPlan } from '../../../src/plan/load-plan.js';
import { expectOnlyFault } from '../support/expect-fault.js';
import type { FaultCase } from '../support/expect-fault.js';
import { changeAll, samplePlan } from '../support/samples.js';

const cases: FaultCase[] = [
  {
    name: 'phases that wait for each other',
    from: 'title: First\n',
    to: 'title: First\n    «after»: [two]\n',
    code: 'PG111',
    says: 'one after two after one',
    hint: 'break the circle',
  },
  {
    name: 'a phase that waits for itself',
    from: 'title: Second\n',
    to: 'title: Second\n    «after»: [two, one]\n',
    code: 'PG111',
    says: 'two after two',
  },
  {
    name: 'a stable check of a phase that is not done',
    also: [['phases: [one]', 'phases: [«one»]']],
    from: 'title: Second\n',
    to: 'title: Second\n    after: []\n',
    code: 'PG111',
    says: 'phase one is not done before this one',
    hint: 'add one to the "after" of this phase',
  },
  {
    name: 'traffic that starts below the present exposure',
    also: [['[25, 50, 100]', '[«25», 50, 100]']],
    from: 'percent: 5,',
    to: 'percent: 50,',
    code: 'PG111',
    says: 'traffic starts at 25 %, below the 50 % that are exposed already',
    hint: 'start at 50 % or more',
  },
  {
    name: 'traffic for a flag that nothing switches on',
    from: 'flag: NEW_CORE,',
    to: 'flag: «NEW_CORES»,',
    code: 'PG111',
    says: 'no flag step before this one switches NEW_CORES on',
    hint: 'a flag step with key: NEW_CORES',
  },
  {
    name: 'traffic that does not rise',
    from: 'percent: [25, 50, 100]',
    to: 'percent: [25, 50, «50», 100]',
    code: 'PG111',
    says: '50 % does not follow 50 %',
    hint: 'ascending',
  },
  {
    name: 'a share for a flag that is switched off',
    from: 'key: NEW_TOOLS, to: true',
    to: 'key: NEW_TOOLS, to: false, percent: «10»',
    code: 'PG111',
    says: 'a flag that is switched off has no share',
  },
  {
    name: 'a phase that changes nothing',
    from: '    steps:\n      - flag: { id: enable, key: NEW_TOOLS, to: true }\n',
    to: '    «steps»:\n',
    code: 'PG103',
    says: 'this phase changes nothing',
    hint: 'add a flag, deploy or traffic step',
  },
  {
    name: 'a phase that changes something and judges nothing',
    also: [
      ['    success: [error_rate < 1% for 30m, violations == 0]\n', ''],
      ['soak: 1h', 'soak: { for: 1h, criteria: [error_rate < 1%] }'],
      ['hold: 10m }', 'hold: 10m, criteria: [error_rate < 1%] }'],
    ],
    from: '  - id: one\n',
    to: '  - id: «one»\n',
    code: 'PG110',
    says: 'has no success criteria, so nothing judges what it leaves behind',
    hint: 'a watch step judges only the time before the steps after it',
  },
  {
    name: 'a stable check after a rollback',
    from: "id: healthy, http: { url: '{{env.services.core}}/healthz' }",
    to: 'id: healthy, «stable»: { phases: [one], for: 1h }',
    code: 'PG111',
    says: 'cannot follow a rollback',
  },
];

describe('rules about order and exposure', () => {
  it.each(cases)('refuse $name', (row) => {
    const marked = changeAll(samplePlan, row);
    expectOnlyFault(loadPlan(marked.text, 'plan.yaml').faults, marked, row);
  });

  const third = `  - id: three
    title: Third
    after: [AFTER]
    steps:
      - deploy: { id: deploy, target: core, revision: v3 }
    success: [error_rate < 1% for 30m]
`;
  const withThird = (after: string, from = 'title: Sample migration', to = from): string =>
    `${changeAll(samplePlan, { from, to }).text}${third.replace('AFTER', after)}`;

  it('take a phase that only deploys, or only exposes more', () => {
    expect(loadPlan(withThird('two'), 'plan.yaml').faults).toEqual([]);
    const exposes = withThird('two').replace(
      /- deploy: \{ id: deploy, target: core, revision: v3 \}/,
      '- traffic: { id: more, flag: NEW_TOOLS, percent: [100], hold: 10m }'
    );
    expect(loadPlan(exposes, 'plan.yaml').faults).toEqual([]);
  });

  it('find a circle behind a phase that leads nowhere', () => {
    const text = withThird('one, two', 'title: Second', 'title: Second\n    after: [three]');
    expect(loadPlan(text, 'plan.yaml').faults).toMatchObject([
      { code: 'PG111', path: 'phases[two].after', message: 'phases wait for each other: two after three after two' },
    ]);
  });

  it('find a circle that the first phase waits for without being in it', () => {
    const text = withThird('two', 'title: First', 'title: First\n    after: [two]').replace(
      'title: Second',
      'title: Second\n    after: [three]'
    );
    expect(loadPlan(text, 'plan.yaml').faults).toMatchObject([
      { code: 'PG111', path: 'phases[two].after', message: 'phases wait for each other: two after three after two' },
      { message: 'phase one is not done before this one' },
    ]);
  });

  it('follow the order in which phases run, not that of the file', () => {
    const later = changeAll(samplePlan, {
      from: 'title: First\n',
      to: 'title: First\n    after: [two]\n',
      also: [
        ['title: Second\n', 'title: Second\n    after: []\n'],
        ['      - check: { id: stable, stable: { phases: [one], for: 48h } }\n', ''],
        [
          '{ id: enable, key: NEW_CORE, to: true, percent: 5, include: [tester] }',
          '{ id: enable, key: OTHER, to: true }',
        ],
        ['{ id: enable, key: NEW_TOOLS, to: true }', '{ id: enable, key: NEW_CORE, to: true, percent: 5 }'],
        ['flag: { key: NEW_TOOLS, enabled: true }', 'flag: { key: NEW_CORE, enabled: true }'],
      ],
    }).text;
    expect(loadPlan(later, 'plan.yaml').faults).toEqual([]);
    const earlier = later
      .replace('after: [two]', 'after: []')
      .replace('after: []\n    before:\n      - check', 'after: [one]\n    before:\n      - check');
    expect(loadPlan(earlier, 'plan.yaml').faults).toMatchObject([
      { message: 'no flag step before this one switches NEW_CORE on' },
    ]);
  });

  it('let traffic begin with the share that is exposed already', () => {
    expect(loadPlan(samplePlan.replace('percent: 5, include', 'percent: 25, include'), 'plan.yaml').faults).toEqual([]);
  });

  it('speak of watch steps only where there is one', () => {
    const text = samplePlan.replace(/ {4}success:\n {6}for: 30m\n(?: {6}.*\n)+/, '');
    expect(loadPlan(text, 'plan.yaml').faults).toMatchObject([
      {
        code: 'PG110',
        path: 'phases[two].id',
        hint: 'add success criteria, for example success: [error_rate < 1% for 30m]',
      },
    ]);
  });

  it('warn about an exposure that stops before everybody has it', () => {
    const { faults, document } = loadPlan(samplePlan.replace('[25, 50, 100]', '[25, 50]'), 'plan.yaml');
    expect(faults).toMatchObject([
      {
        severity: 'warning',
        code: 'PG111',
        path: 'phases[one].steps[ramp].traffic.percent',
        message: 'NEW_CORE ends at 50 %, not at 100 %',
        hint: 'add 100 to the list if everybody is to have it',
      },
    ]);
    expect(document).toBeDefined();
  });
});
