import { expect, it } from 'vitest';
import type { Notification } from '../../../src/activities/contract.js';
import type { PhaseInput } from '../../../src/plan/run-input.js';
import type { PhaseStatus } from '../../../src/plan/run-status.js';
import { environment, phase, span, step, windowSpec } from '../../support/stage/plans.js';
import { refusal } from '../../support/models/engine/failures.js';
import { LittleTemporal } from '../../support/models/engine/little-temporal.js';
import { deploymentPhase, rollback } from '../../support/models/engine/workflows.js';
import { modelRun } from '../../support/models/run.js';
import { ModelWorld } from '../../support/models/world.js';

const minute = 60_000;
const id = 'phase/p';

/** A phase whose check could not be judged, and what its channel was asked to say of it. */
async function held(): Promise<{
  server: LittleTemporal;
  asked: () => Notification[];
  answer: (taken: boolean) => void;
}> {
  const world = new ModelWorld();
  const asked: Notification[] = [];
  let taken = false;
  const server = new LittleTemporal({ deploymentPhase, rollback }, (task) => {
    if (task.type !== 'notify')
      return world.instant(task) ?? (task.type === 'runCheck' ? world.end(task, 'unclear') : undefined);
    asked.push((task.input as { notification: Notification }).notification);
    if (!taken) return { failure: refusal('no channel took it', 'PG315') };
    return { result: { delivered: ['log'], failed: {}, endedAt: server.now } };
  });
  const input: PhaseInput = {
    schemaVersion: 1,
    run: modelRun('dana', server.now),
    phase: phase('p', { steps: [step.check('smoke')] }),
    environment: environment('x'),
    hold: { deadline: span(120 * minute), then: 'rollback' },
    rollback: { metrics: [], window: windowSpec(), checks: [] },
    waivers: [],
    completed: {},
  };
  await server.start('deploymentPhase', id, input);
  return { server, asked: () => asked.filter(({ kind }) => kind === 'hold'), answer: (now) => void (taken = now) };
}

it('people are told again of a HOLD that no channel took, until one does', async () => {
  const { server, asked, answer } = await held();
  expect(asked()).toHaveLength(1);
  await server.advance(5 * minute);
  expect(asked()).toHaveLength(2);
  answer(true);
  await server.advance(10 * minute);
  expect(asked()).toHaveLength(3);
  await server.advance(60 * minute);
  expect(asked()).toHaveLength(3);
});

it('nobody is told of a HOLD that is over by then', async () => {
  const { server, asked } = await held();
  await server.signal(id, 'rollback', { by: 'erin', reason: 'because' });
  await server.advance(60 * minute);
  expect(asked()).toHaveLength(1);
  expect(server.find(id)?.query<PhaseStatus>('status').state).toBe('failed');
});

it('a HOLD whose deadline comes before anybody could be told ends as the plan says, and asks no more', async () => {
  const { server, asked } = await held();
  await server.advance(120 * minute);
  const { length } = asked();
  expect(length).toBeGreaterThan(3);
  await server.advance(600 * minute);
  expect(asked()).toHaveLength(length);
});
