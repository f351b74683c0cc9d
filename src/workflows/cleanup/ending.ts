import { allHandlersFinished, condition } from '@temporalio/workflow';
import { isDone, tasksNow } from '../../plan/cleanup/course.js';
import type { CleanupInput } from '../../plan/run-input.js';
import { counted } from '../../plan/text/spans.js';
import { announce } from '../announce.js';
import { environmentCalls } from '../activities.js';
import { verdictOf } from '../phase/attempt.js';
import type { CleanupRecord } from './record.js';

/** Nothing is owed any more: who answered what becomes evidence, and people are told. */
export async function finish(input: CleanupInput, record: CleanupRecord): Promise<void> {
  const { run, environment } = input;
  const { steps, removed } = record.state;
  const document = { run: run.workflowId, runId: run.runId, plan: run.digest, steps, removed };
  const stored = await verdictOf(() =>
    environmentCalls(environment.id).reads.recordEvidence.executeWithOptions({ summary: 'Record of the clean-up' }, [
      { kind: 'cleanup', document },
    ])
  );
  const kept =
    'digest' in stored ? `recorded as ${stored.digest}` : `its record could not be stored (${stored.reason})`;
  const tasks = counted(tasksNow(input.cleanup, record.state).length, 'task');
  await close(input, record, 'completed', `Clean-up: all ${tasks} done; ${kept}.`);
}

/** Cancelled: by a person, or since the run is rolled back, or begins anew. */
export async function stopped(input: CleanupInput, record: CleanupRecord): Promise<void> {
  const tasks = tasksNow(input.cleanup, record.state);
  const open = tasks.filter((task) => !isDone(task));
  const what = `Clean-up was cancelled: ${open.length} of ${counted(tasks.length, 'task')} not done`;
  await close(input, record, 'failed', `${what} (${open.map(({ task }) => task.id).join(', ')}).`);
}

async function close(
  { run, environment, cleanup }: CleanupInput,
  record: CleanupRecord,
  state: 'completed' | 'failed',
  sentence: string
): Promise<void> {
  record.finish({ state, at: Date.now(), sentence });
  await announce(run, environment, {
    kind: 'ended',
    title: `${run.planTitle}, ${cleanup.title}: ${state === 'completed' ? 'done' : 'cancelled'}`,
    text: sentence,
    to: environment.people.map((person) => person.name),
  });
  await condition(allHandlersFinished);
}
