import type { PhasegateClient } from '../../../src/client/phasegate-client.js';
import { readRemovedFlags } from '../../../src/plan/activity-answers.js';
import { PhasegateError } from '../../../src/plan/errors.js';
import { cleanupWorkflowId } from '../../../src/plan/names.js';
import type { PhaseStatus } from '../../../src/plan/run-status.js';
import type { Stage } from '../../support/stage/stage.js';
import { flagsOf } from './cell-plan.js';
import { slow } from './cells.js';
import type { Played } from './play.js';
import { isOriginal } from './witness.js';

/** What is wrong with a clean-up that people saw to: by what the flag system, the store and the locks have of it. */
export async function cleanupProblems(stage: Stage, client: PhasegateClient, played: Played): Promise<string[]> {
  const { cleanup, witness, world, planId, run } = played;
  if (!cleanup || !witness) return [];
  if ('failure' in cleanup) return [`the clean-up failed: ${cleanup.failure}`];
  const keys = flagsOf(planId);
  const removals = world.effects.filter(({ act }) => act === 'remove').map(({ key }) => key);
  const wrong = [...witness.wrong];
  if (removals.toSorted().join() !== keys.join()) wrong.push(`flags were removed: ${removals.join(', ') || 'none'}`);
  if (witness.calls.size !== 1) wrong.push(`removed by ${witness.calls.size} calls`);
  const { memo } = await stage.handleOf(cleanupWorkflowId(run.workflowId)).describe();
  const removed = readRemovedFlags(memo?.['removed']) ?? [];
  for (const key of keys) {
    const known = removed.find((one) => one.key === key);
    if (known?.state !== 'removed') wrong.push(`${key} is known to be ${known?.state ?? 'there'}`);
    else if (!isOriginal(world, key, known.evidence.digest)) wrong.push(`what ${key} was is lost`);
  }
  wrong.push(...recordProblems(played, cleanup), ...(await wayBackProblems(client, played)));
  return wrong;
}

/** Each task was done, and who did it is kept with what was removed. */
function recordProblems({ world, planId }: Played, { state, steps, sentence }: PhaseStatus): string[] {
  const open = steps.filter(({ id }) => steps.findLast((step) => step.id === id)?.state !== 'passed');
  const digest = /recorded as (sha256:\w+)/.exec(sentence)?.[1] ?? '';
  const kept = world.evidence.get(digest) as { ended?: string; removed?: Array<{ key: string }> } | undefined;
  const keys = kept?.removed?.map(({ key }) => key) ?? [];
  return [
    ...(state === 'completed' && open.length === 0 ? [] : [`the clean-up is ${state}: ${sentence}`]),
    ...(kept?.ended === 'done' && keys.toSorted().join() === flagsOf(planId).join() ? [] : ['it was not recorded']),
  ];
}

/** Where flags are gone, nothing is undone any more. */
async function wayBackProblems(client: PhasegateClient, { run, status, world }: Played): Promise<string[]> {
  const before = world.effects.length;
  const ref = { workflowId: run.workflowId, runId: status.runId };
  const said = await client.rollbackEnded(ref, { by: 'dana', reason: 'the cell wants to see it' }).then(
    () => 'it began',
    (error: unknown) => (error instanceof PhasegateError ? error.code : String(error))
  );
  return said === 'PG451' && world.effects.length === before ? [] : [`a rollback behind the removal: ${said}`];
}

/** Whoever took the run back has ended the clean-up that nobody had seen to. */
export async function leftProblems(stage: Stage, { run, world }: Played): Promise<string[]> {
  const handle = stage.handleOf(cleanupWorkflowId(run.workflowId));
  await stage.until('its clean-up to end', async () => (await handle.describe()).status.name !== 'RUNNING');
  const said = await handle.result().then(
    () => 'it was done',
    (error: unknown) => String((error as Error).cause ?? error)
  );
  const removed = world.story('remove');
  return [
    ...(said.includes('Clean-up was cancelled: 2 of 2 tasks not done') ? [] : [`its clean-up: ${said}`]),
    ...(removed.length === 0 ? [] : [`removed although the run was taken back: ${removed.join(', ')}`]),
  ];
}

/** Each document is read as it was stored; one that could not be read says why, and stands in no other’s way. */
export function readProblems({ texts, world, cell }: Played): string[] {
  if (!texts) return [];
  const answers = Object.entries(texts);
  const unread = answers.filter(([, answer]) => 'problem' in answer);
  const expected = slow.has(cell.fault) ? 0 : 1;
  const wrong = answers.filter(([digest, answer]) => 'text' in answer && answer.text !== world.stored(digest));
  return [
    ...(answers.length > 1 ? [] : ['nothing was asked for']),
    ...(unread.length === expected ? [] : [`${unread.length} of ${answers.length} documents could not be read`]),
    ...wrong.map(([digest]) => `${digest} was read as something else`),
  ];
}
