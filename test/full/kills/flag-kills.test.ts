import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { WorkflowHandle } from '@temporalio/client';
import type { ServerProcess } from '../../../src/client/dev-server/index.js';
import { rollbackWorkflowId } from '../../../src/plan/names.js';
import type { PhaseStatus } from '../../../src/plan/run-status.js';
import type { Run } from '../../support/fire/front.js';
import {
  isScheduled,
  kill,
  lockFlags,
  untilAttempt,
  untilCompleted,
  untilEvent,
  untilNextWaits,
} from '../../support/fire/moments.js';
import { targetsOf } from '../../support/fire/targets.js';
import { until } from '../../support/fire/until.js';
import { agreeable, type Manners } from '../../support/manners.js';
import { setScene } from './scene.js';

const names = ['between', 'reply', 'unwritten', 'unheard'];
const { front, worker, begin, expectCompleted, expectRolledBack } = setScene(names);

/** How many definitions the flag of a phase has had so far. */
async function definitions(name: string, phase: '1a' | '1b'): Promise<number> {
  const { recorder } = front().ground;
  await recorder.caughtUp();
  return recorder.statesOf(targetsOf(name)[phase].flag).length;
}

/** What a history says of the first activity of a type. */
async function isKnown(handle: WorkflowHandle, activity: string): Promise<'not begun' | 'begun' | 'completed'> {
  const { events } = await until('the history', () => handle.fetchHistory());
  const scheduled = events?.find(isScheduled(activity));
  if (!scheduled) return 'not begun';
  const completed = events?.some(({ activityTaskCompletedEventAttributes: completion }) =>
    completion?.scheduledEventId?.eq(scheduled.eventId ?? 0)
  );
  return completed ? 'completed' : 'begun';
}

/** Lets a write that waits for the lock happen while nobody can be told of it, and kills who did it. */
async function loseReply(worker: ServerProcess, unlock: () => void, isWritten: () => Promise<boolean>): Promise<void> {
  // Without a server there is no next attempt.
  await untilNextWaits(front().ground);
  await front().temporal.kill();
  unlock();
  await until('the write', isWritten).catch((error: unknown) => {
    throw new Error(`the worker did not write; it said last:\n${lastLines(worker.logFile)}`, { cause: error });
  });
  await kill(worker);
  await front().temporal.startAgain();
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').split('\n').slice(-40).join('\n');
}

describe('SIGKILL of the worker around the change of a flag', () => {
  it('between apply and verify costs nothing and changes nothing twice', async () => {
    const workflows = await worker({ only: 'workflows' });
    const activities = await worker({ only: 'activities' });
    const unlock = lockFlags(front().ground);
    const run = await begin('between');
    const phase = front().phase(run, '1a');
    await untilEvent(phase, 'the apply', isScheduled('applyChange'));
    await kill(workflows);
    unlock();
    await untilCompleted(phase, 'applyChange');
    await kill(activities);
    expect(await definitions('between', '1a')).toBe(2);
    expect(await isKnown(phase, 'verifyChange')).toBe('not begun');
    await worker();
    await expectCompleted(run, 'between');
  });

  it('behind the write, before anybody was told, costs nothing and changes nothing twice', async () => {
    const first = await worker();
    const unlock = lockFlags(front().ground);
    const run = await begin('reply');
    const phase = front().phase(run, '1a');
    await untilAttempt(phase, 'applyChange', 1);
    expect(await definitions('reply', '1a')).toBe(1);
    await loseReply(first, unlock, async () => (await definitions('reply', '1a')) === 2);
    expect(await isKnown(phase, 'applyChange')).toBe('begun');
    expect(await isKnown(phase, 'verifyChange')).toBe('not begun');
    await worker();
    await expectCompleted(run, 'reply');
  });
});

describe('SIGKILL of the worker around the undo of a flag', () => {
  const atTheEnd: Manners = (gate) => (gate.address.startsWith('1b/approval') ? undefined : agreeable(gate));

  /** A run that is taken back, and stays in the undo of its last flag, which is the first of all undos. */
  async function beginUndo(name: string): Promise<{ run: Run; rollback: WorkflowHandle; unlock: () => void }> {
    const run = await begin(name, { manners: atTheEnd });
    await until('the last approval', async () => {
      const { gates } = await front().phase(run, '1b').query<PhaseStatus>('status');
      return gates.length > 0;
    });
    const unlock = lockFlags(front().ground);
    await run.signal('rollback', { by: 'dana', reason: 'a test says so' });
    const rollback = front().client.workflow.getHandle(rollbackWorkflowId(run.workflowId, '1b'));
    await untilAttempt(rollback, 'undoChange', 1);
    return { run, rollback, unlock };
  }

  it('before the write: another worker puts it back, once', async () => {
    const first = await worker();
    const { run, rollback, unlock } = await beginUndo('unwritten');
    await kill(first);
    expect(await definitions('unwritten', '1b')).toBe(2);
    expect(await isKnown(rollback, 'undoChange')).toBe('begun');
    unlock();
    await worker();
    await expectRolledBack(run, 'unwritten');
  });

  it('behind the write, before anybody was told: another worker finds it put back', async () => {
    const first = await worker();
    const { run, rollback, unlock } = await beginUndo('unheard');
    expect(await definitions('unheard', '1b')).toBe(2);
    await loseReply(first, unlock, async () => (await definitions('unheard', '1b')) === 3);
    expect(await isKnown(rollback, 'undoChange')).toBe('begun');
    await worker();
    await expectRolledBack(run, 'unheard');
  });
});
