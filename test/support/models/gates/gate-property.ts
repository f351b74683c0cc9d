import fc from 'fast-check';
import { rollback, deploymentPhase } from '../engine/workflows.js';
import type { PhaseInput } from '../../../../src/plan/run-input.js';
import { approval, environment, phase, span } from '../../stage/plans.js';
import { LittleTemporal } from '../engine/little-temporal.js';
import { modelRun } from '../run.js';
import { ModelWorld } from '../world.js';
import { crowd, starter } from './crowd.js';
import { gateCommands, phaseId, type GateRun } from './gate-commands.js';
import { escalatesAfter, expiresAfter, GateModel, holdLasts, hour, type Setting } from './gate-model.js';

const settings: fc.Arbitrary<Setting> = fc.record({
  roles: fc.constantFrom<Record<string, number>[]>({ lead: 1 }, { lead: 2 }, { lead: 1, ops: 1 }, { lead: 2, ops: 1 }),
  onExpiry: fc.constantFrom('rollback', 'hold', 'hold'),
  allowStarter: fc.boolean(),
  escalates: fc.boolean(),
});

function inputOf({ roles, onExpiry, allowStarter, escalates }: Setting, now: number): PhaseInput {
  const spec = approval({
    roles,
    onExpiry,
    allowStarter,
    expires: span(expiresAfter),
    remindEvery: span(3 * hour),
    ...(escalates ? { escalate: { after: span(escalatesAfter), to: 'cto' } } : {}),
  });
  return {
    schemaVersion: 1,
    run: modelRun(starter, now),
    phase: phase('p', { steps: [], approval: spec }),
    environment: environment('x', { people: crowd, notify: [] }),
    hold: { deadline: span(holdLasts), then: 'rollback' },
    rollback: { metrics: [], window: { ...phase('p').soak, criteria: [] } as never, checks: [] },
    waivers: ['cto'],
    completed: {},
  };
}

/** How often each end was reached: a model that never gets anywhere proves nothing. */
export type Reached = Record<string, number>;

/** A phase that waits at its approval gate. */
export async function openGate(setting: Setting): Promise<GateRun> {
  const world = new ModelWorld();
  const server = new LittleTemporal({ deploymentPhase, rollback }, (task) => world.instant(task));
  await server.start('deploymentPhase', phaseId, inputOf(setting, server.now));
  return { server, world };
}

/** The real phase workflow at its approval gate does at every step what the model says. */
export function gatesKeepTheirRules(
  reached: Reached
): fc.IAsyncProperty<[Setting, Iterable<fc.AsyncCommand<GateModel, GateRun>>]> {
  return fc.asyncProperty(settings, gateCommands, async (setting, commands) => {
    const real = await openGate(setting);
    const model = new GateModel(setting, real.server.now);
    await fc.asyncModelRun(() => ({ model, real }), commands);
    for (const end of [model.over ?? 'open', ...(model.attempt > 1 ? ['tried again'] : [])]) {
      reached[end] = (reached[end] ?? 0) + 1;
    }
  });
}
