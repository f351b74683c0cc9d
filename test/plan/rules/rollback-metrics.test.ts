import { describe, it } from 'vitest';
import { loadPlan } from '../../../src/plan/load-plan.js';
import { expectOnlyFault } from '../support/expect-fault.js';
import type { FaultCase } from '../support/expect-fault.js';
import { changeAll, samplePlan } from '../support/samples.js';

const cases: FaultCase[] = [
  {
    name: 'a rollback metric without a target',
    from: 'metrics: [error_rate]',
    to: 'metrics: [«memory»]',
    code: 'PG110',
    says: 'memory has no target to be back inside',
    hint: 'give it a target',
  },
  {
    name: 'a rollback metric that is for monitoring only',
    from: 'metrics: [error_rate]',
    to: 'metrics: [«users»]',
    code: 'PG110',
    says: 'users has no target to be back inside',
  },
  {
    name: 'a plan in which no metric can verify a rollback',
    from: 'metrics: [error_rate]\n  for: 5m',
    to: 'for: 5m',
    also: [
      ["unit: ratio, priority: red, target: '< 1%'", "unit: ratio, target: '< 1%'"],
      ["unit: count, priority: red, target: '== 0'", "unit: count, target: '== 0'"],
      ['metrics:\n  error_rate', '«metrics»:\n  error_rate'],
    ],
    code: 'PG110',
    says: 'no metric can verify a rollback',
    hint: 'mark the vital ones red',
  },
  {
    name: 'a red metric for monitoring only that must verify rollbacks',
    also: [['  users: { description: Active users,', '  «users»: { description: Active users, priority: red,']],
    from: 'metrics: [error_rate]\n  for: 5m',
    to: 'for: 5m',
    code: 'PG110',
    says: 'users is red but has no target',
    hint: 'name other metrics under rollback',
  },
  {
    name: 'a red metric without a target that must verify rollbacks',
    also: [
      [
        "  violations: { description: Mixed up users, unit: count, priority: red, target: '== 0' }",
        '  «violations»: { description: Mixed up users, unit: count, priority: red }',
      ],
    ],
    from: 'metrics: [error_rate]\n  for: 5m',
    to: 'for: 5m',
    code: 'PG110',
    says: 'violations is red but has no target',
  },
];

describe('rules about the metrics that verify a rollback', () => {
  it.each(cases)('refuse $name', (row) => {
    const marked = changeAll(samplePlan, row);
    expectOnlyFault(loadPlan(marked.text, 'plan.yaml').faults, marked, row);
  });
});
