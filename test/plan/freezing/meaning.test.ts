import { describe, expect, it } from 'vitest';
import type { Step } from '../../../src/plan/model.js';
import { frozen } from '../support/freeze-texts.js';
import { sampleEnvironment, samplePlan } from '../support/samples.js';

function changed(from: string, to: string): string {
  expect(samplePlan.split(from)).toHaveLength(2);
  return samplePlan.replace(from, to);
}

const firstSteps = (text: string): readonly Step[] => frozen(text).plan.phases[0]?.steps ?? [];

describe('an action that cannot be undone', () => {
  it.each([
    ['flag', 'percent: 5, include: [tester] }', 0],
    ['deploy', "revision: '{{vars.revision}}' }", 1],
    ['traffic', 'percent: [25, 50, 100], hold: 10m }', 4],
  ])('keeps its reason: %s', (_kind, end, index) => {
    const said = firstSteps(changed(end, end.replace(' }', ', cannot-undo: people saw it }')));
    expect(said.map((step) => ('cannotUndo' in step ? step.cannotUndo : undefined))).toEqual(
      said.map((_, at) => (at === index ? 'people saw it' : undefined))
    );
  });

  it('is none that does not say so', () => {
    for (const step of firstSteps(samplePlan)) expect(step).not.toHaveProperty('cannotUndo');
  });
});

describe('a step', () => {
  it('that disables a flag exposes nobody, and says so', () => {
    const text = changed('id: enable, key: NEW_TOOLS, to: true }', 'id: enable, key: NEW_TOOLS, to: false }').replace(
      'flag: { key: NEW_TOOLS, enabled: true }',
      'flag: { key: NEW_TOOLS, enabled: false }'
    );
    expect(frozen(text).plan.phases[1]?.steps[0]).toMatchObject({ to: false, percent: 0, title: 'Disable NEW_TOOLS' });
  });

  it('may be an attestation, and name several users', () => {
    const text = changed(
      '      - check: { id: smoke,',
      '      - attest: { id: seen, title: Seen, by: lead }\n      - check: { id: smoke,'
    ).replace('include: [tester]', 'include: [tester, other]');
    const steps = firstSteps(text);
    expect(steps[0]).toMatchObject({ title: 'Enable NEW_CORE for 5 % and for tester, other' });
    expect(steps[2]).toMatchObject({ kind: 'attest', id: 'seen', by: 'lead' });
  });
});

describe('a window', () => {
  it('is judged by as many samples in a row as the plan says, else by three that are not valid and two that are critical', () => {
    const spec = (text: string): unknown => frozen(text).plan.phases[0]?.steps[3];
    expect(spec(samplePlan)).toMatchObject({ window: { invalidInARow: 3, criticalInARow: 2, coverage: 0.9 } });
    const own = changed('warm-up: 1m,', 'warm-up: 1m, invalid-in-a-row: 5, critical-in-a-row: 4, coverage: 75%,');
    expect(spec(own)).toMatchObject({ window: { invalidInARow: 5, criticalInARow: 4, coverage: 0.75 } });
  });
});

describe('a criterion', () => {
  it.each([
    ['== 0', 'fail', true],
    ['== 5', 'restart', false],
    ['< 5', 'restart', false],
  ])('"%s" on a breach does: %s', (bound, onBreach, increase) => {
    const text = changed('for 30m, violations == 0]', `for 30m, violations ${bound}]`);
    expect(frozen(text).plan.phases[0]?.success?.criteria[1]).toMatchObject({ onBreach, increase });
  });
});

describe('an increase', () => {
  it('may be asked for with any bound', () => {
    const text = changed('memory < 10MB]', '{ criterion: requests < 900, increase: true }]');
    expect(frozen(text).plan.phases[1]?.success?.criteria[1]).toMatchObject({ onBreach: 'restart', increase: true });
  });
});

describe('time that is compressed', () => {
  const fast = sampleEnvironment.replace('kind: test', 'kind: test\ncompress: { scale: 100000, cap: 20s }');
  const { plan } = frozen(samplePlan, fast);
  const [one, two] = plan.phases;

  it('leaves a window its ten samples, and a traffic hold three', () => {
    const [, , , watch, traffic] = one?.steps ?? [];
    expect(watch).toMatchObject({ window: { length: { ms: 10_000, planned: '30m' } } });
    expect(traffic).toMatchObject({ hold: { length: { ms: 3000, planned: '10m' } } });
    expect([one?.success, two?.success, plan.rollback.window].map((window) => window?.length.ms)).toEqual([
      10_000, 10_000, 10_000,
    ]);
  });

  it('cuts soaks and stable checks by the cap, however they are written, and no other window', () => {
    const mild = sampleEnvironment.replace('kind: test', 'kind: test\ncompress: { scale: 10, cap: 20s }');
    const lengths = (text: string): unknown[] => {
      const [first, second] = frozen(text, mild).plan.phases;
      const stable = second?.before[0];
      const check = stable?.kind === 'check' && stable.check.type === 'stable' ? stable.check.window : undefined;
      return [first?.soak, check, first?.success, second?.success, frozen(text, mild).plan.rollback.window].map(
        (window) => window?.length.ms
      );
    };
    const expected = [20_000, 20_000, 180_000, 180_000, 30_000];
    expect(lengths(samplePlan)).toEqual(expected);
    expect(lengths(changed('soak: 1h', 'soak: { for: 1h }'))).toEqual(expected);
  });

  it('may have no cap', () => {
    const uncapped = sampleEnvironment.replace('kind: test', 'kind: test\ncompress: { scale: 180 }');
    expect(frozen(samplePlan, uncapped).environment.compression).toEqual({ scale: 180 });
  });
});

describe('a soak', () => {
  it('may have criteria of its own', () => {
    const text = changed('soak: 1h', 'soak: { for: 1h, every: 2m, criteria: [latency < 2s] }');
    expect(frozen(text).plan.phases[0]?.soak).toMatchObject({
      criteria: [{ text: 'latency < 2s' }],
      every: { planned: '2m' },
    });
  });
});

describe('a plan that says nothing of a HOLD and of waivers', () => {
  it('gives people half an hour, takes back, and lets nobody waive', () => {
    const silent = changed('hold: { deadline: 20m, then: rollback }\n', '').replace('waivers: { roles: [lead] }\n', '');
    expect(frozen(samplePlan).plan).toMatchObject({ hold: { deadline: { planned: '20m' } }, waivers: ['lead'] });
    expect(frozen(silent).plan).toMatchObject({
      hold: { deadline: { ms: 1_800_000, planned: '30m' }, then: 'rollback' },
      waivers: [],
    });
  });
});

describe('an approval', () => {
  it('reminds as often as it says', () => {
    const text = changed('expires: 24h, escalate', 'expires: 24h, remind-every: 1h, escalate');
    expect(frozen(text).plan.phases[0]?.approval?.remindEvery).toEqual({ ms: 3_600_000, planned: '1h' });
  });
});

describe('an HTTP check', () => {
  it('keeps what it sends and what it looks for', () => {
    const http = "http: { url: '{{env.services.core}}/healthz'";
    const text = changed(http, `${http}, method: POST, body: ping, contains: pong, status: [200, 204]`);
    expect(frozen(text).plan.rollback.checks[0]?.check).toMatchObject({
      type: 'http',
      body: 'ping',
      contains: 'pong',
      status: [200, 204],
    });
    expect(frozen().plan.rollback.checks[0]?.check).not.toHaveProperty('body');
  });
});
