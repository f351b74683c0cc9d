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
  },
  {
    name: 'traffic that starts below the present exposure',
    also: [['[25, 50, 100]', '[«25», 50, 100]']],
    from: 'percent: 5,',
    to: 'percent: 50,',
    code: 'PG111',
    says: 'traffic starts at 25 %, below the 50 % that are exposed already',
  },
  {
    name: 'traffic for a flag that nothing switches on',
    from: 'flag: NEW_CORE,',
    to: 'flag: «NEW_CORES»,',
    code: 'PG111',
    says: 'no flag step before this one switches NEW_CORES on',
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
  {
    name: 'a secret in the clear',
    from: "http: { url: '{{env.services.core}}/healthz' }",
    to: "http: { url: '{{env.services.core}}/healthz', headers: { authorization: «Bearer abcdefghijkl» } }",
    code: 'PG108',
    says: 'authorization: a secret stands in the clear',
    hint: '${env:NAME}',
  },
];

describe('rules about order, exposure and secrets', () => {
  it.each(cases)('refuse $name', (row) => {
    const marked = changeAll(samplePlan, row);
    expectOnlyFault(loadPlan(marked.text, 'plan.yaml').faults, marked, row);
  });

  it('warn about an exposure that stops before everybody has it', () => {
    const { faults, document } = loadPlan(samplePlan.replace('[25, 50, 100]', '[25, 50]'), 'plan.yaml');
    expect(faults).toMatchObject([{ severity: 'warning', message: 'NEW_CORE ends at 50 %, not at 100 %' }]);
    expect(document).toBeDefined();
  });
});
