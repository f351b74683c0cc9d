import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import { PROMETHEUS_INSTALL } from '../../../demo/servers/prometheus.js';
import type { ServerProcess } from '../../../src/client/dev-server/index.js';
import type { Plan } from '../../../src/plan/model.js';
import { cleanupWorkflowId } from '../../../src/plan/names.js';
import type { PhaseStatus } from '../../../src/plan/run-status.js';
import { openFront, type Front, type Run } from '../../support/fire/front.js';
import type { Promised } from '../../support/fire/model/account.js';
import { complaints } from '../../support/fire/model/complaints.js';
import { isScheduled, kill, lockFlags, untilEvent } from '../../support/fire/moments.js';
import { until } from '../../support/fire/until.js';
import { needs } from '../../support/needs.js';
import { cleanup, phase, plan, task } from '../../support/stage/plans.js';
import { cleanUpPlaces as places, type CleanUpPlace as Place } from './beside-places.js';
import { resetToFirstTask, resetToLastTask } from './interfere.js';
import { changesOf, courseOf, keyOf, shortWindow } from './one-phase.js';
import { type, typeRollback, type Said } from './type.js';

const acts = [
  'terminate',
  'terminate and bring back',
  'cancel',
  'reset to its last task',
  'reset to its first task',
] as const;
type Act = (typeof acts)[number];

const cases = acts
  .flatMap((act) => places.map((place) => ({ act, place })))
  .map(({ act, place }, index) => [`${act}, at ${place}`, { act, place, name: `case${index}` }] as const);

let front: Front;
let worker: ServerProcess;
/** The states of a flag that was brought to everybody and then removed. */
let path: string[];

beforeAll(async () => {
  needs('prometheus', PROMETHEUS_INSTALL);
  const names = ['calm', ...cases.map(([, { name }]) => name)];
  front = await openFront({ flags: names.map(keyOf), deploys: names });
  worker = await front.startWorker();
  const { run, left } = await completed('calm');
  await answerAll(run, left);
  path = (await account('calm', run)).states[`flag/${keyOf('calm')}`]?.map(({ state }) => state) ?? [];
  expect(path).toEqual([expect.stringContaining('off'), expect.stringContaining('on'), 'gone']);
}, 480_000);
beforeEach(() => needs('prometheus', PROMETHEUS_INSTALL));
afterAll(() => front?.close());

describe('a plain Temporal client', () => {
  it.for(cases)(
    'that does this to a clean-up has nothing removed twice and nothing forgotten: %s',
    async ([, { act, place, name }], { expect }) => {
      const { run, left } = await completed(name);
      const goOn = await reach(place, { name, run, left });
      await interfere(act, left, run, place);
      await goOn();
      if (act === 'terminate' || act === 'cancel') await expectOver(act, run, left);
      else await answerAll(run, left);
      const isOpen = place === 'tasks' && (act === 'terminate' || act === 'cancel');
      const { code, text } = await typeRollback(front, run.workflowId);
      expect(text).toMatch(isOpen ? /rolled back, verified/ : /PG451 .* closed the way back: .*FLAG_/);
      expect(code, text).toBe(isOpen ? 4 : 7);
      expect(await judge(name, run, { end: isOpen ? 'rolled back' : 'completed' })).toEqual([]);
    }
  );
});

function planOf(name: string): Plan {
  return plan([phase('1a', { steps: changesOf(name) })], {
    id: name,
    rollback: { metrics: ['success'], window: shortWindow(), checks: [] },
    cleanup: cleanup([task.removal([keyOf(name)]), task.plain('docs')]),
  });
}

interface Scene {
  name: string;
  run: Run;
  left: WorkflowHandle;
}

/** A run that has completed, and what it left to do. */
async function completed(name: string): Promise<Scene> {
  const run = await front.start(planOf(name));
  expect(await front.ended(run)).toMatchObject({ kind: 'completed' });
  const left = front.client.workflow.getHandle(cleanupWorkflowId(run.workflowId));
  await until('the tasks', async () => (await openTasks(left)).length === 2);
  return { name, run, left };
}

/** Brings the clean-up to the place; gives what lets it go on from there. */
async function reach(place: Place, { name, run, left }: Scene): Promise<() => Promise<void>> {
  if (place === 'tasks') return () => Promise.resolve();
  const unlock = place === 'removal' ? lockFlags(front.ground) : undefined;
  expect(await answer(run, 'cleanup/remove-flags')).toMatchObject({ code: 0 });
  if (unlock) {
    await untilEvent(left, 'the removal', isScheduled('removeFlags'));
    return () => Promise.resolve(unlock());
  }
  const isGone = (): boolean => front.ground.recorder.statesOf(keyOf(name)).at(-1)?.state === 'gone';
  await until('the flag to be gone', () => Promise.resolve(isGone()), 2);
  await kill(worker);
  return async () => {
    worker = await front.startWorker();
  };
}

async function interfere(act: Act, left: WorkflowHandle, run: Run, place: Place): Promise<void> {
  if (act === 'cancel') await left.cancel();
  if (act === 'reset to its last task') await resetToLastTask(front, left);
  if (act === 'reset to its first task') await resetToFirstTask(front, left);
  if (act !== 'terminate' && act !== 'terminate and bring back') return;
  await left.terminate('a test');
  const { text } = await type(front, 'status', run.workflowId);
  // Its worker may have said that the flag is gone before it was killed.
  const done = place === 'removed' ? '[01]' : '0';
  expect(text).toMatch(new RegExp(`clean-up: ${done} of 2 tasks done, then terminated`));
  expect(text).toContain(`temporal workflow reset --workflow-id ${left.workflowId} --type LastWorkflowTask `);
  if (act === 'terminate and bring back') await resetToLastTask(front, left);
}

/** Nobody is asked any more, and whoever answers all the same is told why not. */
async function expectOver(act: 'terminate' | 'cancel', run: Run, left: WorkflowHandle): Promise<void> {
  await until('the end of the clean-up', async () => (await left.describe()).status.name !== 'RUNNING');
  const ended = act === 'cancel' ? 'cancelled' : 'terminated';
  expect((await type(front, 'status', run.workflowId)).text).toContain(`of 2 tasks done, then ${ended}`);
  const { code, text } = await answer(run, 'cleanup/docs');
  expect(text).toContain(`the clean-up was ${ended}`);
  expect(code).toBe(7);
}

/** People answer whatever is asked, until nothing is. */
async function answerAll(run: Run, left: WorkflowHandle): Promise<void> {
  await until('the end of the clean-up', async () => {
    if ((await left.describe()).status.name !== 'RUNNING') return true;
    for (const address of await openTasks(left)) await answer(run, address);
    return false;
  });
  expect((await left.describe()).status.name).toBe('COMPLETED');
  expect((await type(front, 'status', run.workflowId)).text).toContain('clean-up: 2 of 2 tasks done');
}

function answer(run: Run, task: string): Promise<Said> {
  return type(front, 'attest', task, run.workflowId, '--answer', 'done', '--as', 'erin', '--yes');
}

async function openTasks(left: WorkflowHandle): Promise<string[]> {
  return (await left.query<PhaseStatus>('status')).gates.map(({ address }) => address);
}

function account(name: string, run: Run): ReturnType<Front['account']> {
  return front.account(run, courseOf(name, []));
}

async function judge(name: string, run: Run, promised: Promised): Promise<string[]> {
  return complaints(courseOf(name, path), await account(name, run), promised);
}
