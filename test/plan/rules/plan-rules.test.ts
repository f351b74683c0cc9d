import { describe, expect, it } from 'vitest';
import { loadPlan } from '../../../src/plan/load-plan.js';
import { expectOnlyFault } from '../support/expect-fault.js';
import type { FaultCase } from '../support/expect-fault.js';
import { changeAll, samplePlan } from '../support/samples.js';

const watch = 'watch: { id: window, for: 30m, every: 15s, warm-up: 1m, criteria: [error_rate < 1%, latency < 2s] }';

const names: FaultCase[] = [
  {
    name: 'a step id that is used twice in a phase',
    from: 'id: smoke,',
    to: 'id: «deploy»,',
    code: 'PG106',
    says: 'step id "deploy" is used twice',
  },
  {
    name: 'a checklist id that a step uses too',
    also: [['watch: { id: window', 'watch: { id: «window»']],
    from: 'id: team,',
    to: 'id: window,',
    code: 'PG106',
    says: 'step id "window" is used twice',
  },
  {
    name: 'an id that a success check uses too',
    from: 'id: looks-good',
    to: 'id: «flagged»',
    code: 'PG106',
    says: 'step id "flagged" is used twice',
  },
  {
    name: 'an id that phasegate uses itself',
    from: 'id: smoke,',
    to: 'id: «approval»,',
    code: 'PG106',
    says: '"approval" is a name that phasegate uses itself',
  },
  {
    name: 'an unknown role of an attestation',
    from: 'by: ops',
    to: 'by: «opps»',
    code: 'PG105',
    says: 'unknown role "opps"',
    hint: 'did you mean "ops"?',
  },
  {
    name: 'an unknown role of an approval',
    from: 'roles: { lead: 1 }, expires',
    to: 'roles: { «leader»: 1 }, expires',
    code: 'PG105',
    says: 'unknown role "leader"',
    hint: 'did you mean "lead"?',
  },
  {
    name: 'an unknown role of an escalation',
    from: 'to: ops }',
    to: 'to: «boss» }',
    code: 'PG105',
    says: 'unknown role "boss"',
    hint: 'known are lead, ops',
  },
  {
    name: 'an unknown role that may waive',
    from: 'waivers: { roles: [lead] }',
    to: 'waivers: { roles: [«cto»] }',
    code: 'PG105',
    says: 'unknown role "cto"',
  },
  {
    name: 'an approval that asks nobody',
    from: 'approval: { roles: { lead: 1, ops: 1 } }',
    to: 'approval: { «roles»: {} }',
    code: 'PG109',
    says: 'asks nobody',
  },
  {
    name: 'an unknown phase in after',
    from: '  - id: two\n',
    to: '  - id: two\n    after: [«won»]\n',
    code: 'PG105',
    says: 'unknown phase "won"',
    hint: 'known are one, two',
  },
  {
    name: 'an unknown phase of a stable check',
    from: 'phases: [one]',
    to: 'phases: [«three»]',
    code: 'PG105',
    says: 'unknown phase "three"',
  },
  {
    name: 'an unknown metric of a criterion',
    from: 'latency < 2s]',
    to: '«latencyy < 2s»]',
    code: 'PG105',
    says: 'unknown metric "latencyy"',
    hint: 'did you mean "latency"?',
  },
  {
    name: 'an unknown metric of a check',
    from: 'metric: error_rate < 1%',
    to: 'metric: «eror_rate < 1%»',
    code: 'PG105',
    says: 'unknown metric "eror_rate"',
    hint: '"error_rate"',
  },
  {
    name: 'an unknown metric of a rollback',
    from: 'metrics: [error_rate]',
    to: 'metrics: [«errors»]',
    code: 'PG105',
    says: 'unknown metric "errors"',
  },
  {
    name: 'an unknown metric of min-traffic',
    from: 'min-traffic: { metric: requests',
    to: 'min-traffic: { metric: «request»',
    code: 'PG105',
    says: 'unknown metric "request"',
  },
  {
    name: 'an undeclared variable',
    from: "revision: '{{vars.revision}}'",
    to: "revision: «'{{vars.revison}}'»",
    code: 'PG107',
    says: 'unknown variable "revison"',
    hint: '{{vars.revision}}',
  },
  {
    name: 'a template of another kind',
    from: "revision: '{{vars.revision}}'",
    to: "revision: «'{{run.id}}'»",
    code: 'PG107',
    says: 'unknown template "run.id"',
  },
  {
    name: 'a template that is not closed',
    from: "revision: '{{vars.revision}}'",
    to: "revision: «'{{vars.revision'»",
    code: 'PG107',
    says: 'not closed',
  },
  {
    name: 'a program from a template',
    from: "command: [./ops/smoke, '{{vars.revision}}']",
    to: "command: [«'{{vars.revision}}'»]",
    code: 'PG107',
    says: 'the program of a command cannot come from a template',
  },
];

const thresholds: FaultCase[] = [
  {
    name: 'a threshold in a wrong unit',
    from: "target: '< 2s'",
    to: "target: «'< 5%'»",
    code: 'PG104',
    says: '"5%" is a ratio, but the metric is in seconds',
    hint: '2s or 100ms',
  },
  {
    name: 'a threshold without a unit',
    from: "warning: '> 2%'",
    to: "warning: «'> 2'»",
    code: 'PG104',
    says: '"2" is a count, but the metric is a ratio',
    hint: '95% or 0.1%',
  },
  {
    name: 'a unit in the wrong case',
    from: "target: '< 2s'",
    to: "target: «'< 2S'»",
    code: 'PG104',
    says: '"S" is not a unit',
    hint: 'did you mean "s"?',
  },
  {
    name: 'a target that no value can have',
    from: "target: '< 2s'",
    to: "target: «'< 0'»",
    code: 'PG115',
    says: 'no value of a seconds metric can be < 0',
  },
  {
    name: 'a critical threshold inside the target',
    from: "critical: '> 5%'",
    to: "critical: «'< 5%'»",
    code: 'PG115',
    says: 'inside the target < 1% and in critical < 5% at once',
    hint: 'turn the operator around',
  },
  {
    name: 'a critical threshold before the warning',
    from: "critical: '> 5%'",
    to: "critical: «'> 1.5%'»",
    code: 'PG115',
    says: 'critical > 1.5% is not beyond warning > 2%',
  },
  {
    name: 'a criterion in a wrong unit',
    from: 'latency < 2s]',
    to: '«latency < 200»]',
    code: 'PG104',
    says: '"200" is a count, but the metric is in seconds',
  },
  {
    name: 'a criterion that no value can meet',
    from: '[error_rate < 1%, latency',
    to: '[«error_rate < 0%», latency',
    code: 'PG115',
    says: 'no value of a ratio metric meets this',
  },
  {
    name: 'a criterion that every value meets',
    from: '[error_rate < 1%, latency',
    to: '[«error_rate >= 0%», latency',
    code: 'PG115',
    says: 'every value of a ratio metric meets this',
  },
  {
    name: 'a criterion whose every value is critical',
    from: '[error_rate < 1%, latency',
    to: '[«error_rate > 10%», latency',
    code: 'PG115',
    says: 'every value that meets this is critical (> 5%)',
  },
  {
    name: 'two criteria that exclude each other',
    from: '[error_rate < 1%, latency',
    to: '[error_rate < 1%, «error_rate > 2%», latency',
    code: 'PG115',
    says: 'no value of error_rate meets this and the criterion above',
  },
  {
    name: 'a criterion on a metric that never gates',
    from: '[error_rate < 1%, latency',
    to: '[«users < 1000», latency',
    code: 'PG110',
    says: 'users is for monitoring only and never gates',
  },
  {
    name: 'a metric check that holds for a time',
    from: 'metric: error_rate < 1%',
    to: 'metric: «error_rate < 1% for 5m»',
    code: 'PG104',
    says: 'one reading',
    hint: 'watch',
  },
  {
    name: 'traffic that is not counted',
    from: 'min-traffic: { metric: requests',
    to: 'min-traffic: { metric: «memory»',
    code: 'PG104',
    says: 'traffic is counted, but memory is in bytes',
  },
  {
    name: 'a rollback metric without a target',
    from: 'metrics: [error_rate]',
    to: 'metrics: [«memory»]',
    code: 'PG110',
    says: 'memory has no target to be back inside',
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

const windows: FaultCase[] = [
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
    to: 'warm-up: 1m, deadline: «30m»,',
    code: 'PG110',
    says: 'the deadline 30m is before the window could pass',
    hint: 'at least 31m',
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
    name: 'an escalation after the approval has expired',
    from: 'escalate: { after: 8h',
    to: 'escalate: { after: «25h»',
    code: 'PG111',
    says: '25h is not before the approval expires after 24h',
  },
];

const order: FaultCase[] = [
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
    says: 'nothing judges it',
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

describe.each([
  ['names', names],
  ['thresholds and criteria', thresholds],
  ['windows', windows],
  ['order, exposure and secrets', order],
])('rules about %s', (_, cases) => {
  it.each(cases)('refuse $name', (row) => {
    const marked = changeAll(samplePlan, row);
    expectOnlyFault(loadPlan(marked.text, 'plan.yaml').faults, marked, row);
  });
});

describe('rules of a plan', () => {
  it('say nothing twice about a metric that has a fault of its own', () => {
    const text = samplePlan.replace("target: '< 2s'", 'target: 2');
    expect(loadPlan(text, 'plan.yaml').faults).toHaveLength(1);
  });

  it('warn about an exposure that stops before everybody has it', () => {
    const { faults, document } = loadPlan(samplePlan.replace('[25, 50, 100]', '[25, 50]'), 'plan.yaml');
    expect(faults).toMatchObject([{ severity: 'warning', message: 'NEW_CORE ends at 50 %, not at 100 %' }]);
    expect(document).toBeDefined();
  });

  it('read a watch with criteria of its own length like one with a length', () => {
    const text = samplePlan.replace(watch, 'watch: { id: window, criteria: [error_rate < 1% for 30m, latency < 2s] }');
    expect(loadPlan(text, 'plan.yaml').faults).toEqual([]);
  });
});
