import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import { PROMETHEUS_INSTALL } from '../../../demo/servers/prometheus.js';
import type { ServerProcess } from '../../../src/client/dev-server/index.js';
import type { Plan } from '../../../src/plan/model.js';
import { cleanupWorkflowId } from '../../../src/plan/names.js';
import type { PhaseStatus } from '../../../src/plan/run-status.js';
import { openFront, type Front, type Run } from '../../support/fire/front.js';
import type { Course, Promised } from '../../support/fire/model/account.js';
import { complaints } from '../../support/fire/model/complaints.js';
import { isScheduled, kill, lockFlags, untilEvent } from '../../support/fire/moments.js';
import { until } from '../../support/fire/until.js';
import { needs } from '../../support/needs.js';
import { cleanup, phase, plan, span, step, task, windowSpec } from '../../support/stage/plans.js';
import { resetToFirstTask, resetToLastTask } from './interfere.js';
import { type, typeRollback, type Said } from './type.js';

/** Where the clean-up is: its tasks wait for people, it is about to remove a flag, it just did and its worker died. */
const places = ['tasks', 'removal', 'removed'] as const;
type Place = (typeof places)[number];
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

const keyOf = (name: string): string => `FLAG_${name}`;

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
      await interfere(act, left, run);
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
  const window = windowSpec({ length: span(1000), every: span(1000), warmUp: span(4000), deadline: span(60_000) });
  const steps = [step.flag('flag', { key: keyOf(name), percent: 100 }), step.deploy('deploy', { target: name })];
  return plan([phase('1a', { steps })], {
    id: name,
    rollback: { metrics: ['success'], window, checks: [] },
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

async function interfere(act: Act, left: WorkflowHandle, run: Run): Promise<void> {
  if (act === 'cancel') await left.cancel();
  if (act === 'reset to its last task') await resetToLastTask(front, left);
  if (act === 'reset to its first task') await resetToFirstTask(front, left);
  if (act !== 'terminate' && act !== 'terminate and bring back') return;
  await left.terminate('a test');
  const { text } = await type(front, 'status', run.workflowId);
  expect(text).toMatch(/clean-up: 0 of 2 tasks done, then terminated/);
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

function courseOf(name: string): Course {
  const flag = `flag/${keyOf(name)}`;
  const deploy = `deploy/${name}`;
  return {
    phases: [
      {
        id: '1a',
        moves: [
          { target: flag, exposes: true },
          { target: deploy, exposes: false },
        ],
      },
    ],
    paths: { [flag]: path, [deploy]: ['v1', 'v2'] },
    windows: [],
    verification: 'rollback/metrics',
    onceOnly: [],
  };
}

function account(name: string, run: Run): ReturnType<Front['account']> {
  return front.account(run, courseOf(name));
}

async function judge(name: string, run: Run, promised: Promised): Promise<string[]> {
  return complaints(courseOf(name), await account(name, run), promised);
}
