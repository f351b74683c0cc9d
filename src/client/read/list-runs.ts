import type { Outcome } from '../../plan/outcome.js';
import { cleanupId, isCleanup } from '../../plan/names.js';
import { isAmong } from '../../plan/people.js';
import type { RunState, RunStatus } from '../../plan/run-status.js';
import { searchAttributes } from '../../plan/search-attributes.js';
import type { Link } from '../connection/link.js';
import { cleanDeep } from '../render/clean.js';
import { isRunState, outcomeOf } from './describe.js';
import { stateAfter } from './fallback.js';
import { afterEnd, listAgains, type Afterwards } from './list-rollbacks.js';
import { queryStatus } from './query.js';
import type { RunRef } from './snapshot.js';

/** One run in a list. Times are epoch ms. */
export interface ListedRun extends RunRef {
  title: string;
  state: RunState | 'terminated';
  startedAt: number;
  startedBy: string;
  endedAt?: number;
  phase?: string;
  /** Names of people who may answer now. */
  awaiting: string[];
  deadlineAt?: number;
  outcome?: Outcome;
  remarks: string[];
}

export interface ListAnswer {
  runs: ListedRun[];
  /** False when a run is open and no worker answered for it. */
  workerAnswered: boolean;
}

interface Memo {
  planTitle?: string;
  startedBy?: string;
  remarks?: string[];
}

const atMost = 100;

/** Migrations, newest first; with `awaiting` only those that wait for this person. */
export async function listRuns(link: Link, options: { awaiting?: string } = {}): Promise<ListAnswer> {
  const [runs, waits] = await Promise.all([migrations(link), awaited(link)]);
  const ended = runs.filter((run) => run.endedAt !== undefined);
  const agains = ended.length > 0 ? await listAgains(link, Math.min(...ended.map((run) => run.startedAt))) : [];
  let workerAnswered = true;
  const listed = await Promise.all(
    runs.map(async (run, index): Promise<ListedRun> => {
      // No run begins while anything of an earlier one is open, so whatever waits belongs to the newest execution. The
      // run id would not do: that of a run that was reset has changed, and its children keep the first one.
      const newest = runs.findIndex((one) => one.workflowId === run.workflowId) === index;
      const waiting = newest ? waits.filter((wait) => belongsTo(wait, run)) : [];
      const filled = {
        ...run,
        // The migration runs while its phase waits; people mean the phase.
        state: run.state === 'running' ? (waiting.find(({ state }) => state)?.state ?? run.state) : run.state,
        awaiting: [...new Set([...run.awaiting, ...waiting.flatMap((wait) => wait.awaiting)])],
        ...earliest([run.deadlineAt, ...waiting.map((wait) => wait.deadlineAt)]),
        ...phaseWaiting(waiting),
      };
      if (run.endedAt !== undefined) return afterwards(filled, await afterEnd(link, run, agains));
      const asked = await queryStatus<RunStatus>(link, run);
      if ('status' in asked) {
        const paused = filled.state === 'running' && asked.status.paused !== undefined;
        return { ...filled, ...phaseOf(asked.status), ...(paused ? { state: 'paused' } : {}) };
      }
      workerAnswered = false;
      return filled;
    })
  );
  const { awaiting } = options;
  return {
    runs: awaiting === undefined ? listed : listed.filter((run) => isAmong(run.awaiting, awaiting)),
    workerAnswered,
  };
}

/** The memo is silent about what was done after the end. */
function afterwards(run: ListedRun, since: Afterwards | undefined): ListedRun {
  if (since === undefined) return run;
  const { outcome: _before, ...rest } = run;
  if ('state' in since) return { ...rest, state: since.state };
  return { ...rest, state: stateAfter(since.outcome), outcome: since.outcome };
}

async function migrations(link: Link): Promise<ListedRun[]> {
  return link.call('list of runs', async () => {
    const runs: ListedRun[] = [];
    for await (const info of link.temporal.workflow.list({ query: "WorkflowType = 'migration'" })) {
      const memo = (info.memo?.['phasegate'] ?? {}) as Memo;
      const outcome = outcomeOf(info.memo);
      const state = info.typedSearchAttributes.get(searchAttributes.status);
      const phase = info.typedSearchAttributes.get(searchAttributes.phase);
      const deadline = info.typedSearchAttributes.get(searchAttributes.deadline);
      const closed = info.closeTime;
      runs.push(
        cleanDeep({
          workflowId: info.workflowId,
          runId: info.runId,
          title: memo.planTitle ?? info.workflowId,
          // A run that was ended from outside could not say how it stands.
          state: outcome
            ? stateAfter(outcome)
            : closed
              ? ('terminated' as const)
              : isRunState(state)
                ? state
                : 'running',
          startedAt: info.startTime.getTime(),
          startedBy: memo.startedBy ?? 'unknown',
          ...(closed ? { endedAt: closed.getTime() } : {}),
          ...(phase === undefined ? {} : { phase }),
          awaiting: closed ? [] : (info.typedSearchAttributes.get(searchAttributes.awaiting) ?? []),
          ...(deadline && !closed ? { deadlineAt: deadline.getTime() } : {}),
          ...(outcome ? { outcome } : {}),
          remarks: memo.remarks ?? [],
        })
      );
      if (runs.length === atMost) break;
    }
    return runs.toSorted((a, b) => b.startedAt - a.startedAt);
  });
}

function belongsTo(wait: Wait, { workflowId }: ListedRun): boolean {
  return wait.workflowId === workflowId || wait.workflowId.startsWith(`${workflowId}/`);
}

/** An incident that waits belongs to no phase. */
function phaseWaiting(waiting: readonly Wait[]): { phase?: string } {
  const phase = waiting.find((wait) => wait.phase !== undefined)?.phase;
  return phase === undefined ? {} : { phase };
}

interface Wait {
  workflowId: string;
  phase?: string;
  state?: RunState;
  awaiting: string[];
  deadlineAt?: number;
}

/** Open executions that wait for people: gates live in the phases and rollbacks of a run. */
async function awaited(link: Link): Promise<Wait[]> {
  const query = "PhasegateAwaiting IS NOT NULL AND ExecutionStatus = 'Running'";
  return link.call('list of gates', async () => {
    const waits: Wait[] = [];
    for await (const info of link.temporal.workflow.list({ query })) {
      const attributes = info.typedSearchAttributes;
      const deadline = attributes.get(searchAttributes.deadline);
      const state = attributes.get(searchAttributes.status);
      const phase = isCleanup(info.workflowId) ? cleanupId : /\/phase\/([^/]+)$/.exec(info.workflowId)?.[1];
      waits.push({
        workflowId: info.workflowId,
        ...(phase === undefined ? {} : { phase }),
        ...(isRunState(state) ? { state } : {}),
        awaiting: attributes.get(searchAttributes.awaiting) ?? [],
        ...(deadline ? { deadlineAt: deadline.getTime() } : {}),
      });
    }
    return waits;
  });
}

function earliest(deadlines: ReadonlyArray<number | undefined>): { deadlineAt?: number } {
  const known = deadlines.filter((deadline) => deadline !== undefined);
  return known.length > 0 ? { deadlineAt: Math.min(...known) } : {};
}

function phaseOf(status: RunStatus): { phase?: string } {
  const current = status.phases.find((phase) => phase.state !== 'pending' && phase.state !== 'completed');
  return current ? { phase: current.id } : {};
}
