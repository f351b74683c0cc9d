import { describe, expect, it } from 'vitest';
import { freezeTexts } from '../support/freeze-texts.js';
import { sampleEnvironment, samplePlan } from '../support/samples.js';

const validation = `
validation:
  rollback-approval: { roles: { lead: 1 }, expires: 1h }
  stages:
    - id: immediate
      title: Immediate
      from: 0h
      to: 4h
      repeat-every: 30m
      items:
        - check: { id: healthy, http: { url: '{{env.services.core}}/healthz' } }
        - watch: { id: errors, title: Errors, for: 30m, criteria: [error_rate < 1%, latency within 20% of baseline] }
    - id: later
      title: Later
      from: 4h
      to: 7d
      items:
        - attest: { id: support, title: No tickets, by: ops }
        - baseline: { id: recorded, title: New normal, metrics: [latency], over: 24h }
`;

type Change = (text: string) => string;

function withValidation(change: Change = (text) => text): string {
  return `${samplePlan.trimEnd()}\n${change(validation)}`;
}

describe('the stages of the validation', () => {
  const fast = sampleEnvironment.replace('kind: test', 'kind: test\ncompress: { scale: 3600, cap: 20s }');
  it.each([
    ['as planned', '6h', sampleEnvironment, [0, 14_400_000, 21_600_000, 604_800_000]],
    ['as much sooner as time is compressed', '6h', fast, [0, 10_000, 12_000, 32_000]],
    ['at once where none lies between them', '4h', fast, [0, 10_000, 10_000, 30_000]],
    ['no later than the cap lets them', '124h', fast, [0, 10_000, 30_000, 50_000]],
  ])('begin after the time between them, %s: from %s', (_, from, environment, expected) => {
    const { frozen } = freezeTexts(
      withValidation((text) => text.replace('from: 4h', `from: ${from}`)),
      environment
    );
    const stages = frozen?.plan.phases.flatMap(({ stage }) => stage ?? []) ?? [];
    expect(stages.flatMap((stage) => [stage.from.ms, stage.to.ms])).toEqual(expected);
  });

  it('are watched as often as they say, and need no approval where they ask for none', () => {
    const { frozen } = freezeTexts(
      withValidation((text) =>
        text.replace('for: 30m,', 'for: 30m, every: 2m,').replace(/ {2}rollback-approval.*\n/, '')
      ),
      sampleEnvironment
    );
    const stage = frozen?.plan.phases.find(({ id }) => id === 'immediate');
    expect(stage?.before).toMatchObject([{ id: 'healthy' }, { window: { every: { ms: 120_000, planned: '2m' } } }]);
    expect(stage?.stage).not.toHaveProperty('rollbackApproval');
  });

  it('become phases after the last one, each after the one before it', () => {
    const { frozen, faults } = freezeTexts(withValidation(), sampleEnvironment);
    expect(faults).toEqual([]);
    const [immediate, later] = frozen?.plan.phases.slice(-2) ?? [];
    expect(immediate).toMatchObject({
      id: 'immediate',
      after: ['two'],
      checklists: [{ id: 'immediate', items: ['healthy', 'errors'] }],
      stage: {
        since: 'two',
        from: { ms: 0, planned: '0h' },
        to: { ms: 4 * 3_600_000, planned: '4h' },
        repeatEvery: { ms: 1_800_000 },
        rollbackApproval: { roles: { lead: 1 } },
      },
      steps: [],
    });
    expect(immediate?.before).toMatchObject([
      { kind: 'check', onFail: 'hold' },
      {
        kind: 'watch',
        onFail: 'hold',
        window: {
          throughout: true,
          length: { ms: 1_800_000 },
          deadline: { ms: 4 * 3_600_000 },
          every: { ms: 60_000 },
        },
      },
    ]);
    expect(later).toMatchObject({ after: ['immediate'], stage: { from: { ms: 4 * 3_600_000 } } });
    expect(later?.before).toMatchObject([{ kind: 'attest' }, { kind: 'baseline', metrics: ['latency'] }]);
  });

  it('have the metrics that they compare with captured before the first change of all', () => {
    const { frozen } = freezeTexts(withValidation(), sampleEnvironment);
    expect(frozen?.plan.phases.map(({ id, baselineFor }) => [id, baselineFor])).toEqual([
      ['one', ['latency']],
      ['two', undefined],
      ['immediate', undefined],
      ['later', undefined],
    ]);
  });

  it('keep their order and their samples in compressed time', () => {
    const compressed = sampleEnvironment.replace('kind: test', 'kind: demo\ncompress: { scale: 180, cap: 10s }');
    const { frozen, faults } = freezeTexts(withValidation(), compressed);
    expect(faults).toEqual([]);
    const [immediate, later] = frozen?.plan.phases.slice(-2) ?? [];
    expect(immediate?.stage).toMatchObject({ from: { ms: 0 }, to: { ms: 10_000 } });
    expect(later?.stage).toMatchObject({ from: { ms: 10_000 }, to: { ms: 20_000 } });
    const watch = immediate?.before.find(({ kind }) => kind === 'watch');
    expect(watch).toMatchObject({ window: { every: { ms: 1000 }, length: { ms: 3000 }, deadline: { ms: 10_000 } } });
  });

  it.each<[string, Change, string, string]>([
    ['that ends before it begins', (text) => text.replace('to: 7d', 'to: 4h'), 'PG111', 'ends (4h) before it begins'],
    [
      'that begins while another is under way',
      (text) => text.replace('from: 4h', 'from: 3h'),
      'PG111',
      'while immediate is under way',
    ],
    ['whose id is that of a phase', (text) => text.replace('id: later', 'id: one'), 'PG106', 'is a phase already'],
    ['whose id is used twice', (text) => text.replace('id: later', 'id: immediate'), 'PG106', 'used twice'],
    ['whose id phasegate uses itself', (text) => text.replace('id: later', 'id: rollback'), 'PG106', 'uses itself'],
    ['with an item id that is used twice', (text) => text.replace('id: errors', 'id: healthy'), 'PG106', 'used twice'],
    [
      'with an item id that phasegate uses itself',
      (text) => text.replace('id: errors', 'id: rollback'),
      'PG106',
      'uses itself',
    ],
    [
      'that rolls back by itself',
      (text) => text.replace('{ id: support,', '{ id: support, on-fail: rollback,'),
      'PG111',
      'decided by people',
    ],
    [
      'that takes one reading',
      (text) => text.replace("http: { url: '{{env.services.core}}/healthz' }", 'metric: error_rate < 1%'),
      'PG111',
      'one reading says nothing',
    ],
    [
      'that looks back at phases',
      (text) => text.replace("http: { url: '{{env.services.core}}/healthz' }", 'stable: { phases: [one], for: 1h }'),
      'PG111',
      'one reading says nothing',
    ],
    [
      'with a check that grows old',
      (text) => text.replace('{ id: healthy,', '{ id: healthy, valid-for: 1h,'),
      'PG111',
      'only an item under pre-deployment or before can grow too old',
    ],
    [
      'that watches for longer than it lasts',
      (text) => text.replace('for: 30m,', 'for: 5h,'),
      'PG110',
      'longer than the stage',
    ],
    ['with too few samples', (text) => text.replace('for: 30m,', 'for: 30m, every: 20m,'), 'PG110', 'does not suit'],
    ['with an unknown metric', (text) => text.replace('error_rate < 1%', 'eror_rate < 1%'), 'PG105', 'eror_rate'],
    [
      'with an unknown metric to record',
      (text) => text.replace('metrics: [latency]', 'metrics: [latncy]'),
      'PG105',
      'latncy',
    ],
    ['with an unknown role', (text) => text.replace('by: ops', 'by: opps'), 'PG105', 'opps'],
    [
      'whose rollback nobody could approve',
      (text) => text.replace('roles: { lead: 1 }', 'roles: { lead: 9 }'),
      'PG109',
      '',
    ],
    [
      'with reminders that come too late',
      (text) => text.replace('by: ops', 'by: ops, remind-every: 25h'),
      'PG111',
      'is not before the item expires',
    ],
    ['without items', (text) => text.replace(/items:\n(?: {8}- attest.*\n)(?: {8}.*\n)/, 'items: []\n'), 'PG103', ''],
  ])('are refused with one %s', (_, change, code, says) => {
    expect(change(validation)).not.toBe(validation);
    const { faults } = freezeTexts(withValidation(change), sampleEnvironment);
    expect(faults[0]).toMatchObject({
      code,
      message: expect.stringContaining(says) as string,
    });
  });

  it.each<[string, string, string, string]>([
    ['to: 7d', 'to: 4h', 'validation.stages[later].to', 'write a time after 4h'],
    ['from: 4h', 'from: 3h', 'validation.stages[later].from', 'write from: 4h'],
    ['id: later', 'id: immediate', 'validation.stages[immediate].id', 'give each its own id'],
    ['id: later', 'id: one', 'validation.stages[one].id', 'write for example one-validation'],
    ['id: later', 'id: rollback', 'validation.stages[rollback].id', 'write for example rollback-stage'],
    ['id: errors', 'id: healthy', 'validation.stages[immediate].items[healthy].watch.id', 'give each its own id'],
    [
      'id: errors',
      'id: rollback',
      'validation.stages[immediate].items[rollback].watch.id',
      'write for example rollback-item',
    ],
    [
      '{ id: support,',
      '{ id: support, on-fail: rollback,',
      'validation.stages[later].items[support].attest.on-fail',
      'leave on-fail out: they mend it and try again, waive it, or take everything back',
    ],
    [
      "http: { url: '{{env.services.core}}/healthz' }",
      'metric: error_rate < 1%',
      'validation.stages[immediate].items[healthy].check.metric',
      'write a watch item: its criteria are watched from the beginning of the stage to its end',
    ],
    [
      "http: { url: '{{env.services.core}}/healthz' }",
      'stable: { phases: [one], for: 1h }',
      'validation.stages[immediate].items[healthy].check.stable',
      'write a watch item: its criteria are watched from the beginning of the stage to its end',
    ],
    ['for: 30m,', 'for: 5h,', 'validation.stages[immediate].items[errors].watch.for', 'write at most 4h'],
    [
      'for: 30m,',
      'for: 30m, every: 20m,',
      'validation.stages[immediate].items[errors].watch.every',
      'write every: 10m or at least 1s',
    ],
  ])('say where the fault stands, and what to write: %s as %s', (from, to, path, hint) => {
    const { faults } = freezeTexts(
      withValidation((text) => text.replace(from, to)),
      sampleEnvironment
    );
    expect(faults.map((fault) => [fault.path, fault.hint])).toEqual([[path, hint]]);
  });
});
