import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PROMETHEUS_INSTALL } from '../../../demo/servers/prometheus.js';
import type { Plan } from '../../../src/plan/model.js';
import { locksWorkflowId } from '../../../src/plan/names.js';
import type { PhaseStatus } from '../../../src/plan/run-status.js';
import { rollbackLine } from '../../../src/plan/text/command-lines.js';
import { openFront, type Front, type Run } from '../../support/fire/front.js';
import { complaints } from '../../support/fire/model/complaints.js';
import { until } from '../../support/fire/until.js';
import { needs } from '../../support/needs.js';
import { approval, phase, plan, span } from '../../support/stage/plans.js';
import { lockPlaces as places } from './beside-places.js';
import { besideActs, interfereBeside } from './beside-scene.js';
import { changesOf, courseOf, keyOf, shortWindow } from './one-phase.js';
import { type, typeRollback } from './type.js';

const cases = besideActs
  .flatMap((act) => places.map((place) => ({ act, place })))
  .map(({ act, place }, index) => [`${act}, ${place}`, { act, place, name: `case${index}` }] as const);

let front: Front;

beforeAll(async () => {
  needs('prometheus', PROMETHEUS_INSTALL);
  const names = cases.map(([, { name }]) => name);
  front = await openFront({ flags: names.map(keyOf), deploys: names });
  await front.startWorker();
}, 240_000);
beforeEach(() => needs('prometheus', PROMETHEUS_INSTALL));
afterAll(() => front?.close());

describe('a plain Temporal client', () => {
  it.for(cases)(
    'that does this to the locks of an environment leaves each with the run that it belongs to: %s',
    async ([, { act, place, name }]) => {
      const run = await waiting(name);
      // Nobody has disturbed it yet: it is its own measure.
      await front.ground.recorder.caughtUp();
      const path = front.ground.recorder.statesOf(keyOf(name)).map(({ state }) => state);
      if (place === 'kept for a rollback') await abandon(run);
      await interfereBeside(front, act, locks());
      // Nobody moves what the run moved, and whoever tries hears whom to wait for, and how to finish it.
      const other = await front.ended(await front.start(planOf(name, `other-${name}`)));
      expect(other).toMatchObject({ kind: 'failed' });
      expect(other.reason).toContain(`PG202 flag/${keyOf(name)} is held by ${run.workflowId} (started by dana)`);
      expect(other.reason).toContain(rollbackLine(run.workflowId));
      if (place === 'kept for a rollback') await takeBack(run);
      else await complete(run);
      expect(await locks().query('holders')).toEqual({});
      const end = place === 'kept for a rollback' ? 'rolled back' : 'completed';
      const course = courseOf(name, path);
      expect(complaints(course, await front.account(run, course), { end })).toEqual([]);
    }
  );
});

function planOf(name: string, id = name): Plan {
  const long = span(300_000);
  return plan([phase('1a', { steps: changesOf(name), approval: approval({ expires: long, remindEvery: long }) })], {
    id,
    rollback: { metrics: ['success'], window: shortWindow({ warmUp: span(0) }), checks: [] },
  });
}

function locks(): WorkflowHandle {
  return front.client.workflow.getHandle(locksWorkflowId(front.environment.id));
}

/** A run whose changes are in force, and which waits to be approved. */
async function waiting(name: string): Promise<Run> {
  const run = await front.start(planOf(name));
  await until(`the gate of ${name}`, async () => {
    const { gates } = await front.phase(run, '1a').query<PhaseStatus>('status');
    return gates.length === 1;
  });
  return run;
}

async function complete(run: Run): Promise<void> {
  const { code, text } = await type(front, 'approve', run.workflowId, '--as', 'lee', '--yes');
  expect(code, text).toBe(0);
  expect(await front.ended(run)).toMatchObject({ kind: 'completed' });
}

/** The phase first: one that loses its run undoes itself. */
async function abandon(run: Run): Promise<void> {
  await front.phase(run, '1a').terminate('a test');
  await run.terminate('a test');
}

async function takeBack(run: Run): Promise<void> {
  const { code, text } = await typeRollback(front, run.workflowId);
  expect(text).toMatch(/rolled back, verified/i);
  expect(code, text).toBe(4);
}
