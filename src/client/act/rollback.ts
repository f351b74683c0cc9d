import { confirmRemark, rollbackLine } from '../../plan/text/command-lines.js';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { LockHolder } from '../../activities/contract.js';
import type { LedgerEntry } from '../../plan/change.js';
import { PhasegateError } from '../../plan/errors.js';
import { irreversible, undoOrder, type UndoStep } from '../../plan/ledger.js';
import { runLedger } from '../../plan/ledger-history.js';
import { removedByAll, wayBackClosed, type CleanupExecution, type RemovedFlag } from '../../plan/cleanup/course.js';
import { rollbackLockKeys, rollbackWorkflowId, workflowQueue } from '../../plan/names.js';
import type { RollbackInput } from '../../plan/run-input.js';
import { searchAttributes } from '../../plan/search-attributes.js';
import type { Link } from '../connection/link.js';
import { describeCleanup } from '../read/cleanup-part.js';
import { describeRun, type Described } from '../read/describe.js';
import { moves, readFamily, type Relative } from '../read/family.js';
import { readHistory, readInput } from '../read/history.js';
import { readFrozen } from '../read/run-input.js';
import type { RunRef } from '../read/snapshot.js';
import { lockHolders } from './locks.js';
import { requirePerson } from './person.js';
import { refuseIfLocked, refuseIfOpen } from './taken.js';

/** What a rollback of a run would do now. */
export interface RollbackPreview {
  run: RunRef;
  /** True: the migration is running and does it itself. False: a rollback of its own is started. */
  open: boolean;
  /** What is in force, in the order in which it was captured. */
  entries: LedgerEntry[];
  /** How it is undone, in order. */
  steps: UndoStep[];
  /** Changes behind which the way back is closed. */
  irreversible: LedgerEntry[];
  /** Phases and rollbacks of a closed run that are still at work, such as phases undoing themselves. */
  stillOpen: Relative[];
  /** Whether the run still holds locks; undefined when no worker tells. */
  locked: boolean | undefined;
  /** Flags that clean-up removed, or began to: then there is no way back. */
  removed: RemovedFlag[];
  /** Run id of an earlier or later run of the same plan that holds locks: what it changed is not in this ledger. */
  lockedByOther?: string;
}

/** Reads the ledger from the histories of all phases and rollbacks of a run; no worker is needed. */
export async function previewRollback(link: Link, run: RunRef, phases?: readonly string[]): Promise<RollbackPreview> {
  const described = await describeRun(link, run.workflowId, run.runId);
  const [relatives, frozen] = await Promise.all([readFamily(link, described), readFrozen(link, run)]);
  const family = relatives.filter(moves);
  const holders = await lockHolders(link, frozen.environment.id);
  const { open } = runLedger(await Promise.all(family.map((relative) => readHistory(link, relative))));
  const meant = phases === undefined ? open : open.filter((entry) => phases.includes(entry.phase));
  return {
    run: { workflowId: run.workflowId, runId: run.runId },
    open: described.open,
    entries: meant,
    steps: undoOrder(meant),
    irreversible: irreversible(meant),
    stillOpen: described.open ? [] : family.filter((relative) => relative.open),
    removed: described.open ? [] : await removedFlags(link, described, relatives),
    ...locksOf(holders, described),
  };
}

/** What clean-up removed, or began to, whichever of its executions did it; nothing once it is that of a later run. */
async function removedFlags(link: Link, described: Described, relatives: readonly Relative[]): Promise<RemovedFlag[]> {
  const newest = await describeCleanup(link, described);
  if (!newest) return [];
  const look = async (runId: string): Promise<CleanupExecution> =>
    executionOf(await describeRun(link, newest.workflowId, runId));
  const listed = relatives.filter(({ workflowId }) => workflowId === newest.workflowId);
  return removedByAll(executionOf(newest), listed, look);
}

function executionOf({ runId, status, removed = [] }: Described): CleanupExecution {
  return { runId, status, removed };
}

/**
 * @throws PhasegateError PG451 when clean-up removed flags of the run. Locks that it left behind are given back by the
 *   rollback, which refuses by itself.
 */
export function refuseIfClosed({ removed, run, locked }: RollbackPreview): void {
  if (removed.length === 0 || locked === true) return;
  throw new PhasegateError('PG451', wayBackClosed(removed).replace(/^PG451 /, ''), { where: run.workflowId });
}

function locksOf(
  holders: Record<string, LockHolder> | undefined,
  { workflowId, firstRunId }: Described
): Pick<RollbackPreview, 'locked' | 'lockedByOther'> {
  const same = Object.values(holders ?? {}).filter((holder) => holder.run === workflowId);
  const other = same.find((holder) => holder.runId !== firstRunId);
  return {
    locked: holders && same.some((holder) => holder.runId === firstRunId),
    ...(other ? { lockedByOther: other.runId } : {}),
  };
}

/**
 * Starts a rollback of a run that has ended, for what no finished rollback covers. With nothing left to undo it
 * verifies, and releases the run's locks when that succeeds.
 *
 * @param by must be one of the environment's people
 * @throws PhasegateError PG204 for anybody else; PG451 when clean-up has closed the way back; PG201 while something of the run still undoes itself, or a newer run
 *   of its plan is open; PG202 or PG210 when another run holds what would be put back; PG210 when there is nothing to
 *   undo while another run of the plan holds locks
 */
export async function startRollback(link: Link, run: RunRef, by: string, reason: string): Promise<RunRef> {
  const frozen = await readFrozen(link, run);
  const { environment, plan, digest } = frozen;
  const person = requirePerson(environment, by);
  const preview = await previewRollback(link, run);
  refuseIfClosed(preview);
  const [busy] = preview.stillOpen;
  if (busy) throw stillAtWork(busy.workflowId, run);
  if (preview.entries.length === 0 && preview.lockedByOther !== undefined)
    throw new PhasegateError('PG210', `nothing of this run is in force, but run ${preview.lockedByOther} holds locks`, {
      where: run.workflowId,
      hint: `Roll that one back: ${rollbackLine(preview.lockedByOther)} ${confirmRemark(environment.id)}`,
    });
  await refuseIfOpen(link, run.workflowId);
  const described = await describeRun(link, run.workflowId, run.runId);
  await refuseIfLocked(link, environment.id, rollbackLockKeys(plan.id, preview.entries), described.firstRunId);
  const startedBy = ((await readInput(link, run)) as { startedBy?: string }).startedBy ?? person;
  const input: RollbackInput = {
    schemaVersion: 1,
    run: {
      workflowId: run.workflowId,
      // Locks and relatives of a run go by the execution that was started, whatever was reset since.
      runId: described.firstRunId,
      planId: plan.id,
      planTitle: plan.title,
      digest,
      startedBy,
      startedAt: described.startedAt,
    },
    entries: preview.entries,
    reason: `${person} asked for it: ${reason}`,
    environment,
    rollback: plan.rollback,
    alone: true,
  };
  return startUnderFreeName(link, run, input);
}

function stillAtWork(workflowId: string, run: RunRef): PhasegateError {
  return new PhasegateError('PG201', `${workflowId} is still at work`, {
    hint: `Watch it with: phasegate watch ${run.workflowId}`,
  });
}

async function startUnderFreeName(link: Link, run: RunRef, input: RollbackInput): Promise<RunRef> {
  for (let number = 1; ; number++) {
    const workflowId = rollbackWorkflowId(run.workflowId, `again-${number}`);
    try {
      const handle = await link.call(`start of ${workflowId}`, () =>
        link.temporal.workflow.start('rollback', {
          workflowId,
          taskQueue: workflowQueue,
          args: [input],
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          workflowIdConflictPolicy: 'FAIL',
          staticSummary: `Roll back again: ${input.reason}`.slice(0, 180),
          typedSearchAttributes: [
            { key: searchAttributes.plan, value: input.run.planId },
            { key: searchAttributes.environment, value: input.environment.id },
            { key: searchAttributes.run, value: input.run.runId },
            { key: searchAttributes.status, value: 'rolling back' },
          ],
        })
      );
      return { workflowId, runId: handle.firstExecutionRunId };
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      // The visibility store may not have shown what somebody else started a moment ago.
      if ((await describeRun(link, workflowId)).open) throw stillAtWork(workflowId, run);
    }
  }
}
