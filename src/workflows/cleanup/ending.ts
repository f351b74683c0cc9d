import { allHandlersFinished, condition, log } from '@temporalio/workflow';
import { isDone, tasksNow } from '../../plan/cleanup/course.js';
import type { CleanupInput } from '../../plan/run-input.js';
import { counted } from '../../plan/text/spans.js';
import { announce } from '../announce.js';
import { environmentCalls } from '../activities.js';
import { verdictOf } from '../phase/attempt.js';
import type { CleanupRecord } from './record.js';

const firstPauseMs = 10_000;
const longestPauseMs = 60 * 60_000;
/** About a day. */
const triesWhenDone = 32;
/** Some twenty minutes: the next run of the plan cannot have a clean-up before this one has ended. */
const triesWhenCancelled = 8;

/**
 * Nothing is owed any more: who answered what becomes evidence, and people are told.
 *
 * @param isStopped whether somebody ended the clean-up meanwhile: then it waits for no store any more
 */
export async function finish(input: CleanupInput, record: CleanupRecord, isStopped: () => boolean): Promise<void> {
  const tasks = counted(tasksNow(input.cleanup, record.state).length, 'task');
  await close(input, record, 'completed', `Clean-up: all ${tasks} done`, { tries: triesWhenDone, isStopped });
}

/** Cancelled: by a person, or since the run is rolled back, or begins anew. */
export async function stopped(input: CleanupInput, record: CleanupRecord): Promise<void> {
  const tasks = tasksNow(input.cleanup, record.state);
  const open = tasks.filter((task) => !isDone(task));
  const what = `Clean-up was cancelled: ${open.length} of ${counted(tasks.length, 'task')} not done`;
  const sentence = `${what} (${open.map(({ task }) => task.id).join(', ')})`;
  await close(input, record, 'failed', sentence, { tries: triesWhenCancelled, isStopped: () => false });
}

interface Patience {
  tries: number;
  isStopped: () => boolean;
}

async function close(
  input: CleanupInput,
  record: CleanupRecord,
  state: 'completed' | 'failed',
  what: string,
  patience: Patience
): Promise<void> {
  const { run, environment, cleanup } = input;
  // From now on nobody is asked any more.
  record.finish({ state, at: Date.now(), sentence: `${what}.` });
  const sentence = `${what}; ${await recorded(input, record, state, patience)}.`;
  record.finish({ state, at: Date.now(), sentence });
  await announce(run, environment, {
    kind: 'ended',
    title: `${run.planTitle}, ${cleanup.title}: ${state === 'completed' ? 'done' : 'cancelled'}`,
    text: sentence,
    to: environment.people.map((person) => person.name),
  });
  await condition(allHandlersFinished);
}

/** Keeps who answered what, whatever the end; a store that is away is asked again. Says in words what became of it. */
async function recorded(
  { run, environment }: CleanupInput,
  record: CleanupRecord,
  end: 'completed' | 'failed',
  { tries, isStopped }: Patience
): Promise<string> {
  const { steps, removed } = record.state;
  const ended = end === 'completed' ? 'done' : 'cancelled';
  const document = { run: run.workflowId, runId: run.runId, plan: run.digest, ended, steps, removed };
  for (let number = 1; ; number++) {
    const stored = await verdictOf(() =>
      environmentCalls(environment.id).reads.recordEvidence.executeWithOptions({ summary: 'Record of the clean-up' }, [
        { kind: 'cleanup', document },
      ])
    );
    if ('digest' in stored) return `recorded as ${stored.digest}`;
    if (number === tries || isStopped()) return `its record could not be stored (${stored.reason})`;
    log.error('The record of the clean-up could not be stored yet', { reason: stored.reason });
    await condition(isStopped, Math.min(firstPauseMs * 2 ** (number - 1), longestPauseMs), {
      summary: 'Until the record of the clean-up is tried again',
    });
  }
}
