import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineUpdate,
  setCurrentDetails,
  setHandler,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import { z } from 'zod';
import type { LockAnswer, LockHolder } from '../activities/contract.js';
import { locksDetails } from '../plan/text/details.js';

setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, locks);

const id = z.string().min(1).max(1000);
const acquisition = z.strictObject({
  keys: z.array(id).min(1).max(1000),
  holder: z.strictObject({ run: id, runId: id, startedBy: id, since: z.number() }),
});
const release = z.strictObject({ run: id, runId: id });

/** Asks for all keys or none; asking again for what the same run holds is granted. */
export const acquireLocksUpdate = defineUpdate<LockAnswer, [unknown]>('acquire');
/** Gives back everything that a run holds; answers how many keys that were. */
export const releaseLocksUpdate = defineUpdate<number, [unknown]>('release');
export const lockHoldersQuery = defineQuery<Record<string, LockHolder>>('holders');

/** Updates after which the workflow continues as new, so that its history stays small for years. */
const mostUpdates = 200;

/**
 * Who may move which flag and deploy target of an environment: one workflow per environment, started with the first
 * request. A run that was terminated keeps its locks until somebody finished its rollback. Of a workflow that was ended from
 * outside the next request begins another that holds the same.
 *
 * @param held what an earlier execution handed over, or held when it was ended
 */
export async function locks(held: Record<string, LockHolder> = {}): Promise<never> {
  const holders = new Map(Object.entries(held));
  let updates = 0;
  const show = (): void => setCurrentDetails(locksDetails(Object.fromEntries(holders)));
  show();

  setHandler(lockHoldersQuery, () => Object.fromEntries(holders), { description: 'Which run holds which lock.' });
  setHandler(
    acquireLocksUpdate,
    (raw) => {
      updates += 1;
      const { keys, holder } = read(acquisition, raw);
      const conflicts = keys.flatMap((key) => {
        const other = holders.get(key);
        return other && other.runId !== holder.runId ? [{ key, holder: other }] : [];
      });
      if (conflicts.length > 0) return { granted: false, conflicts };
      for (const key of keys) holders.set(key, holder);
      show();
      return { granted: true };
    },
    { description: 'Sent by runs: asks for all keys or none.', validator: (raw) => void read(acquisition, raw) }
  );
  setHandler(
    releaseLocksUpdate,
    (raw) => {
      updates += 1;
      const { run, runId } = read(release, raw);
      const ours = [...holders].filter(([, holder]) => holder.run === run && holder.runId === runId);
      for (const [key] of ours) holders.delete(key);
      show();
      return ours.length;
    },
    { description: 'Sent by runs: gives back what a run holds.', validator: (raw) => void read(release, raw) }
  );

  const isLong = (): boolean => updates >= mostUpdates || workflowInfo().continueAsNewSuggested;
  await condition(() => isLong() && allHandlersFinished());
  return continueAsNew<typeof locks>(Object.fromEntries(holders));
}

function read<T>(schema: z.ZodType<T>, raw: unknown): T {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw ApplicationFailure.nonRetryable(`this is no request of a run: ${z.prettifyError(parsed.error)}`, 'PG207');
}
