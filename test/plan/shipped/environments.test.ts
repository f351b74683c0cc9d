import { beforeAll, describe, expect, it } from 'vitest';
import { readAndFreeze } from '../../../src/plan/read-and-freeze.js';
import type { FrozenPlan, Phase } from '../../../src/plan/model.js';
import { shippedPlan } from '../support/shipped.js';

const vars = { revision: 'uec-1', platform: 'http://127.0.0.1:4000', 'flags-file': 'flags.json' };
const files = { plan: 'plans/user-execution-context.yaml', environment: 'environments/demo.yaml' };
let frozen: FrozenPlan;

beforeAll(async () => {
  frozen = await shippedPlan('demo');
});

function phase(id: string): Phase {
  const found = frozen.plan.phases.find((one) => one.id === id);
  if (!found) throw new Error(`no phase ${id}`);
  return found;
}

describe('the demo environment', () => {
  it('runs the whole plan in less than three minutes of planned waiting', () => {
    const waits = frozen.plan.phases.flatMap(({ before, steps, success }) => [
      ...[...before, ...steps].map((step) => {
        if (step.kind === 'watch' && !step.window.throughout) return step.window.length.ms;
        if (step.kind === 'traffic') return step.percents.length * step.hold.length.ms;
        return step.kind === 'check' && step.check.type === 'stable' ? step.check.window.length.ms : 0;
      }),
      success?.length.ms ?? 0,
    ]);
    const sum = waits.reduce((total, ms) => total + ms, 0);
    const validated = Math.max(...frozen.plan.phases.map(({ stage }) => stage?.to.ms ?? 0));
    expect([sum, validated]).toEqual([110_002, 30_000]);
  });

  it('has at least ten samples in every window and three in every hold, and says that time is compressed', () => {
    expect(frozen.environment.compression).toMatchObject({ scale: 180, cap: { ms: 10_000 } });
    for (const { success } of frozen.plan.phases.filter(({ checklists }) => !checklists))
      expect((success?.length.ms ?? 0) / (success?.every.ms ?? 1)).toBeGreaterThanOrEqual(10);
    const ramp = phase('1a').steps.at(-1);
    expect(ramp?.kind === 'traffic' && ramp.hold.length.ms / ramp.hold.every.ms).toBeGreaterThanOrEqual(3);
  });

  it('works without Prometheus too, from the metrics page alone', async () => {
    const { frozen: direct, faults } = await readAndFreeze(files, { ...vars, 'metrics-provider': 'endpoint' });
    expect(faults).toEqual([]);
    expect(direct?.environment.metrics).toMatchObject({ provider: 'endpoint', url: 'http://127.0.0.1:4000/metrics' });
  });

  it('has somebody for every role, and somebody who may start', async () => {
    const roles = Object.keys(frozen.plan.roles);
    for (const role of roles)
      expect(
        frozen.environment.people.some((person) => person.roles.includes(role)),
        role
      ).toBe(true);
    expect((await readAndFreeze(files, vars, 'dana')).faults).toEqual([]);
  });

  it('adds the webhook only when there is one', async () => {
    expect(frozen.environment.notify).toEqual([{ kind: 'log', name: 'worker-log' }]);
    const { frozen: told } = await readAndFreeze(files, { ...vars, webhook: 'http://127.0.0.1:5000/hook' });
    expect(told?.environment.notify).toHaveLength(2);
  });
});

describe('the example of a production environment', () => {
  it('carries the same plan in real time, with Unleash, and with secrets as references only', async () => {
    const { frozen: production, faults } = await readAndFreeze(
      { ...files, environment: 'environments/example-production.yaml' },
      { revision: 'uec-1' }
    );
    expect(faults).toEqual([]);
    expect(production?.environment).toMatchObject({
      kind: 'production',
      flags: { provider: 'unleash', token: '${env:UNLEASH_ADMIN_TOKEN}' },
    });
    expect(production?.environment).not.toHaveProperty('compression');
    expect(production?.plan.phases.find(({ id }) => id === '1a')?.success?.length.ms).toBe(1_800_000);
    expect(production?.digest).not.toBe(frozen.digest);
  });
});
