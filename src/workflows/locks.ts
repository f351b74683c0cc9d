import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineUpdate,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import type { LockAnswer, LockHolder } from '../activities/contract.js';

setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, locks);

/** Asks for all keys or none; asking again for what the same execution holds is granted. */
export const acquireLocksUpdate = defineUpdate<LockAnswer, [{ keys: string[]; holder: LockHolder }]>('acquire');
export const releaseLocksUpdate = defineUpdate<number, [{ run: string; runId: string }]>('release');
export const lockHoldersQuery = defineQuery<Record<string, LockHolder>>('holders');

/**
 * Who may move which flag and deploy target of an environment: one workflow per environment, started with the first
 * request. A run that was terminated keeps its locks until somebody finished its rollback.
 */
export async function locks(held: Record<string, LockHolder> = {}): Promise<never> {
  const holders = { ...held };
  setHandler(lockHoldersQuery, () => holders, { description: 'Which run holds which lock.' });
  setHandler(acquireLocksUpdate, ({ keys, holder }) => {
    const conflicts = keys.flatMap((key) => {
      const other = holders[key];
      return other && other.runId !== holder.runId ? [{ key, holder: other }] : [];
    });
    if (conflicts.length > 0) return { granted: false, conflicts };
    for (const key of keys) holders[key] = holder;
    return { granted: true };
  });
  setHandler(releaseLocksUpdate, ({ run, runId }) => {
    const ours = Object.keys(holders).filter((key) => holders[key]?.run === run && holders[key].runId === runId);
    for (const key of ours) delete holders[key];
    return ours.length;
  });
  await condition(() => workflowInfo().continueAsNewSuggested && allHandlersFinished());
  return continueAsNew<typeof locks>(holders);
}
