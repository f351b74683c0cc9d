import { describe, expect, it } from 'vitest';
import { frozen } from '../support/freeze-texts.js';
import { samplePlan } from '../support/samples.js';

const errorRate = {
  metric: 'error_rate',
  unit: 'ratio',
  text: 'error_rate < 1%',
  bound: { op: '<', value: 0.01, text: '< 1%' },
  onBreach: 'restart',
  increase: false,
  critical: { op: '>', value: 0.05, text: '> 5%' },
};
const violations = {
  metric: 'violations',
  unit: 'count',
  text: 'violations == 0',
  bound: { op: '==', value: 0, text: '== 0' },
  onBreach: 'fail',
  increase: true,
};

describe('a frozen plan', () => {
  const { plan, environment } = frozen();
  const [one, two] = plan.phases;

  it('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(JSON.parse(JSON.stringify(environment))).toEqual(environment);
  });

  it('has the steps of a phase in canonical form', () => {
    expect(one?.steps).toMatchObject([
      {
        kind: 'flag',
        id: 'enable',
        title: 'Enable NEW_CORE for 5 % and for tester',
        key: 'NEW_CORE',
        to: true,
        percent: 5,
        include: ['tester'],
        onFail: 'rollback',
      },
      { kind: 'deploy', id: 'deploy', title: 'Deploy core v2', target: 'core', revision: 'v2', repeatable: false },
      {
        kind: 'check',
        id: 'smoke',
        title: 'Run ./ops/smoke v2',
        check: { type: 'command', argv: ['./ops/smoke', 'v2'], timeout: { ms: 300_000, planned: '5m' }, env: [] },
      },
      {
        kind: 'watch',
        id: 'window',
        title: 'Watch the metrics for 30m',
        window: { length: { ms: 1_800_000 }, warmUp: { ms: 60_000 }, deadline: { ms: 5_400_000, planned: '1h30m' } },
      },
      { kind: 'traffic', id: 'ramp', title: 'Raise NEW_CORE to 25, 50, 100 %', percents: [25, 50, 100] },
    ]);
  });

  it('exposes everybody at a flag step without a share', () => {
    expect(two?.steps[0]).toMatchObject({ kind: 'flag', percent: 100, title: 'Enable NEW_TOOLS for 100 %' });
  });

  it('judges the value in a metric check, not an increase that nobody could count', () => {
    const text = samplePlan.replace('metric: error_rate < 1%', 'metric: violations == 0');
    const check = frozen(text).plan.phases[1]?.before.find((item) => item.id === 'quiet');
    expect(check).toMatchObject({ check: { criterion: { text: 'violations == 0', increase: false } } });
  });

  it('judges criteria with the critical threshold of their metric; "== 0" fails at once and counts the increase', () => {
    expect(one?.success?.criteria).toEqual([{ ...errorRate, text: 'error_rate < 1% for 30m' }, violations]);
    expect(two?.success?.criteria).toMatchObject([
      { baseline: { side: 'within', ratio: 0.2 } },
      { bound: { op: '<', value: 10_000_000 } },
    ]);
  });

  it('lets the long form of a criterion say otherwise', () => {
    const text = samplePlan.replace(
      'violations == 0]',
      '{ criterion: violations == 0, on-breach: restart, increase: false }]'
    );
    expect(frozen(text).plan.phases[0]?.success?.criteria[1]).toMatchObject({ onBreach: 'restart', increase: false });
  });

  it('watches the success criteria at traffic holds, soaks and stable checks, for their own times', () => {
    const traffic = one?.steps[4];
    const stable = two?.before[0];
    const inherited = [errorRate, violations];
    expect(traffic?.kind === 'traffic' && traffic.hold.criteria).toEqual(inherited);
    expect(traffic?.kind === 'traffic' && traffic.hold.length).toEqual({ ms: 600_000, planned: '10m' });
    expect(one?.soak).toMatchObject({ criteria: inherited, length: { planned: '1h' } });
    expect(stable).toMatchObject({
      kind: 'check',
      title: 'one stable for 48h',
      check: {
        type: 'stable',
        phases: ['one'],
        window: { criteria: inherited, length: { ms: 172_800_000 }, every: { ms: 300_000, planned: '5m' } },
      },
    });
  });

  it('has checks and attestations of the success criteria apart from their window', () => {
    expect(two?.successChecks).toMatchObject([
      {
        kind: 'attest',
        id: 'looks-good',
        by: 'lead',
        evidence: 'optional',
        notApplicable: false,
        expires: { planned: '24h' },
      },
    ]);
    expect(two?.success?.minTraffic).toEqual({ metric: 'requests', atLeast: 100 });
  });

  it('says who approves, when they are reminded and who comes next', () => {
    expect(one?.approval).toEqual({
      roles: { lead: 1 },
      expires: { ms: 86_400_000, planned: '24h' },
      onExpiry: 'rollback',
      allowStarter: false,
      remindEvery: { ms: 14_400_000, planned: '4h' },
      escalate: { after: { ms: 28_800_000, planned: '8h' }, to: 'ops' },
    });
  });

  it('verifies a rollback by targets that may still come back, without failing at once', () => {
    expect(plan.rollback).toMatchObject({
      metrics: ['error_rate'],
      window: { criteria: [{ text: 'error_rate < 1%', onBreach: 'restart' }], deadline: { planned: '30m' } },
      checks: [{ kind: 'check', id: 'healthy', title: 'GET http://127.0.0.1:4000/core/healthz' }],
    });
    expect(plan.rollback.window.criteria[0]).not.toHaveProperty('critical');
    const without = samplePlan.replace(/rollback:\n(?: .*\n)+/, '');
    expect(frozen(without).plan.rollback).toMatchObject({
      metrics: ['error_rate', 'violations'],
      window: {
        criteria: [{}, { text: 'violations == 0', onBreach: 'restart', increase: true }],
        length: { planned: '5m' },
      },
    });
  });

  it('has metrics with their thresholds, and says which never gate', () => {
    expect(plan.metrics['error_rate']).toEqual({
      name: 'error_rate',
      description: 'Failing requests',
      unit: 'ratio',
      priority: 'red',
      target: { op: '<', value: 0.01, text: '< 1%' },
      warning: { op: '>', value: 0.02, text: '> 2%' },
      critical: { op: '>', value: 0.05, text: '> 5%' },
      gates: true,
    });
    expect(plan.metrics['users']).toEqual({ name: 'users', description: 'Active users', unit: 'count', gates: false });
  });

  it('orders phases by what they wait for', () => {
    const text = samplePlan
      .replace('  - id: one\n', '  - id: one\n    after: []\n')
      .replace('  - id: two\n', '  - id: two\n    after: [one]\n');
    const [, first, second] = /(phases:\n)[\s\S]*/.exec(text)?.[0].split(/(?= {2}- id: )/) ?? [];
    const turned = `${text.slice(0, text.indexOf('phases:\n'))}phases:\n${second}${first}`;
    expect(frozen(turned).plan.phases.map(({ id, after }) => [id, after])).toEqual([
      ['one', []],
      ['two', ['one']],
    ]);
  });
});
