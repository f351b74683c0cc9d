import { WorkflowFailedError } from '@temporalio/client';
import { isRollbackAgain } from '../../plan/names.js';
import type { Outcome } from '../../plan/outcome.js';
import type { RollbackResult, RunState } from '../../plan/run-status.js';
import { searchAttributes } from '../../plan/search-attributes.js';
import type { Link } from '../connection/link.js';
import { cleanDeep } from '../render/clean.js';
import { describeRun, isRunState } from './describe.js';
import { unsaid } from './rollback-from-history.js';
import { afterRollback } from './settle.js';
import type { RunRef } from './snapshot.js';

/** A rollback that was started after its run had ended. Times are epoch ms. */
interface Again extends RunRef {
  /** Run id of the execution of the migration that was started. */
  of: string;
  startedAt: number;
  /** While it is open. */
  state?: RunState;
  /** When it is closed. */
  closed?: { at: number; status: string };
}

/** What a rollback after the end made of a run: under way, or the outcome that it left. */
export type Afterwards = { state: RunState } | { outcome: Outcome };

/** Rollbacks of runs that had ended, oldest first. */
export type Agains = readonly Again[];

/** @param since epoch ms; none began before the oldest run that is listed */
export async function listAgains(link: Link, since: number): Promise<Agains> {
  const query = `WorkflowType = 'rollback' AND StartTime >= '${new Date(since).toISOString()}'`;
  return link.call('list of rollbacks', async () => {
    const found: Again[] = [];
    for await (const info of link.temporal.workflow.list({ query })) {
      if (!isRollbackAgain(info.workflowId)) continue;
      const state = info.typedSearchAttributes.get(searchAttributes.status);
      found.push({
        workflowId: info.workflowId,
        runId: info.runId,
        of: info.typedSearchAttributes.get(searchAttributes.run) ?? '',
        startedAt: info.startTime.getTime(),
        ...(info.closeTime
          ? { closed: { at: info.closeTime.getTime(), status: info.status.name } }
          : { state: isRunState(state) ? state : 'rolling back' }),
      });
    }
    return found.toSorted((a, b) => a.startedAt - b.startedAt);
  });
}

/** What became of an ended run since; undefined when nobody rolled it back. Only one who did costs calls of its own. */
export async function afterEnd(link: Link, run: RunRef, agains: Agains): Promise<Afterwards | undefined> {
  const below = agains.filter((again) => again.workflowId.startsWith(`${run.workflowId}/`));
  if (below.length === 0) return undefined;
  const { firstRunId } = await describeRun(link, run.workflowId, run.runId);
  const own = below.filter((again) => again.of === firstRunId);
  const open = own.find((again) => again.closed === undefined);
  if (open) return { state: open.state ?? 'rolling back' };
  const last = own.at(-1);
  return last?.closed && { outcome: await outcomeOf(link, last, last.closed) };
}

/** Reads the last event alone. A rollback that was refused or stopped from outside never said that it is verified. */
async function outcomeOf(
  link: Link,
  { workflowId, runId }: RunRef,
  closed: NonNullable<Again['closed']>
): Promise<Outcome> {
  const handle = link.temporal.workflow.getHandle(workflowId, runId);
  const result = await link.call(`result of ${workflowId}`, async () => {
    try {
      return (await handle.result()) as Partial<RollbackResult>;
    } catch (error) {
      if (error instanceof WorkflowFailedError) return {};
      throw error;
    }
  });
  return cleanDeep(afterRollback(result.status ?? { reason: '', verification: unsaid(closed.status) }, closed.at));
}
