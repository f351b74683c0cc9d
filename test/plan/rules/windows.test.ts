import { describe, expect, it } from 'vitest';
import { loadPlan } from '../../../src/plan/load-plan.js';
import { expectOnlyFault } from '../support/expect-fault.js';
import type { FaultCase } from '../support/expect-fault.js';
import { changeAll, samplePlan } from '../support/samples.js';

const watch = 'watch: { id: window, for: 30m, every: 15s, warm-up: 1m, criteria: [error_rate < 1%, latency < 2s] }';

const cases: FaultCase[] = [
  {
    name: 'a window with too few samples',
    from: 'every: 15s',
    to: 'every: «10m»',
    code: 'PG110',
    says: '30m with a sample every 10m gives 3 samples, too few to judge',
    hint: 'every: 3m or less',
  },
  {
    name: 'a window that is too short for its default grid',
    from: 'for: 30m, every: 15s',
    to: 'for: «1m»',
    code: 'PG110',
    says: 'gives 4 samples',
    hint: 'every: 6s or less',
  },
  {
    name: 'a window that no grid can make long enough',
    from: 'for: 30m, every: 15s',
    to: 'for: «5s»',
    code: 'PG110',
    says: 'gives 0 samples',
    hint: 'a length of at least 10s',
  },
  {
    name: 'a traffic hold with too few samples',
    from: 'hold: 10m',
    to: 'hold: «30s»',
    code: 'PG110',
    says: 'gives 2 samples',
  },
  {
    name: 'samples that are too close',
    from: 'every: 15s',
    to: 'every: «500ms»',
    code: 'PG110',
    says: 'a sample every 500ms is too often',
    hint: 'at least 1s',
  },
  {
    name: 'a deadline before the window could pass',
    from: 'warm-up: 1m,',
    to: 'warm-up: 1m, deadline: «29m»,',
    code: 'PG110',
    says: 'the deadline 29m is before the window could pass',
    hint: 'at least 30m;',
  },
  {
    name: 'criteria of two lengths in one window',
    from: '[error_rate < 1% for 30m, violations == 0]',
    to: '[error_rate < 1% for 30m, «violations == 0 for 10m»]',
    code: 'PG110',
    says: 'lasts 30m, but the criterion says for 10m',
  },
  {
    name: 'success criteria without a length',
    from: 'success: [error_rate < 1% for 30m, violations == 0]',
    to: '«success»: [error_rate < 1%, violations == 0]',
    code: 'PG110',
    says: 'nothing says how long',
    hint: 'for 30m',
  },
  {
    name: 'a soak with too few samples',
    from: 'soak: 1h',
    to: 'soak: «30s»',
    code: 'PG110',
    says: '30s with a sample every 15s gives 2 samples',
  },
  {
    name: 'a soak with criteria and too few samples',
    from: 'soak: 1h',
    to: 'soak: { for: «30s», criteria: [error_rate < 1%] }',
    code: 'PG110',
    says: 'gives 2 samples',
  },
  {
    name: 'a stable check with too few samples',
    from: 'for: 48h',
    to: 'for: «30s»',
    code: 'PG110',
    says: 'gives 2 samples',
  },
  {
    name: 'a rollback that is judged by too few samples',
    from: '  for: 5m\n',
    to: '  for: 5m\n  every: «2m»\n',
    code: 'PG110',
    says: '5m with a sample every 2m gives 2 samples',
  },
  {
    name: 'a rollback whose deadline comes too early',
    from: '  for: 5m\n',
    to: '  for: 5m\n  deadline: «4m»\n',
    code: 'PG110',
    says: 'the deadline 4m is before the window could pass',
  },
  {
    name: 'traffic that is sampled too rarely',
    from: 'percent: [25, 50, 100], hold: 10m',
    to: 'percent: [25, 50, 100], hold: 10m, every: «5m»',
    code: 'PG110',
    says: '10m with a sample every 5m gives 2 samples',
  },
  {
    name: 'an escalation after the approval has expired',
    from: 'escalate: { after: 8h',
    to: 'escalate: { after: «25h»',
    code: 'PG111',
    says: '25h is not before the approval expires after 24h',
    hint: 'a shorter time, or a longer expires',
  },
  {
    name: 'an escalation at the moment at which the approval expires',
    from: 'expires: 24h, escalate: { after: 8h',
    to: 'expires: 8h, escalate: { after: «8h»',
    code: 'PG111',
    says: '8h is not before the approval expires after 8h',
  },
  {
    name: 'a reminder of an approval that has expired',
    from: 'roles: { lead: 1, ops: 1 }',
    to: 'roles: { lead: 1, ops: 1 }, remind-every: «25h»',
    code: 'PG111',
    says: '25h is not before the approval expires after 24h',
  },
  {
    name: 'a reminder of a checklist item that has expired',
    from: 'by: ops }',
    to: 'by: ops, expires: 4h, remind-every: «4h» }',
    code: 'PG111',
    says: '4h is not before the item expires after 4h',
  },
];

describe('rules about windows', () => {
  it.each(cases)('refuse $name', (row) => {
    const marked = changeAll(samplePlan, row);
    expectOnlyFault(loadPlan(marked.text, 'plan.yaml').faults, marked, row);
  });

  it('take a soak with its own criteria, and a deadline at which the window could just pass', () => {
    const text = samplePlan
      .replace('soak: 1h', 'soak: { for: 1h, criteria: [error_rate < 1%] }')
      .replace('warm-up: 1m,', 'warm-up: 1m, deadline: 30m,');
    expect(loadPlan(text, 'plan.yaml').faults).toEqual([]);
  });

  it('read a watch with criteria of its own length like one with a length', () => {
    const text = samplePlan.replace(watch, 'watch: { id: window, criteria: [error_rate < 1% for 30m, latency < 2s] }');
    expect(loadPlan(text, 'plan.yaml').faults).toEqual([]);
  });
});
