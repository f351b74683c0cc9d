import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ChildWorkflowFailure, ParentClosePolicy, sleep, startChild } from '@temporalio/workflow';
import type { RollbacksRead } from '../activities/contract.js';
import { rollbackLine } from '../plan/text/command-lines.js';
import type { LedgerEntry } from '../plan/change.js';
import type { Environment, RollbackSpec } from '../plan/model.js';
import { openEntries } from '../plan/ledger.js';
import { rollbackWorkflowId } from '../plan/names.js';
import type { RollbackInput, RunIdentity } from '../plan/run-input.js';
import type { RollbackResult } from '../plan/run-status.js';
import { searchAttributes } from '../plan/search-attributes.js';
import { host } from './activities.js';
import type { rollback } from './rollback.js';

const minute = 60_000;
const firstPause = 2_000;

/** What is taken back, and why. `name` ends the workflow id of the rollback: a phase, or `all`. */
export interface TakeBack {
  name: string;
  entries: LedgerEntry[];
  reason: string;
  /** Why the entries may not be all: then the rollback is not verified. */
  doubt?: string | undefined;
  /** See RollbackInput. */
  verifiedByRun?: boolean;
}

interface Input {
  run: RunIdentity;
  environment: Environment;
  rollback: RollbackSpec;
}

/**
 * Undoes ledgers in a workflow of its own, which lives on whatever becomes of its parent. One that is still at work
 * under the same name is waited for, and only what it left open is undone then. Call it in a scope that cancellation
 * does not reach.
 */
export async function takeBack(input: Input, what: TakeBack): Promise<RollbackResult> {
  const result = await undo(input, what);
  if (result) return result;
  await sleep(firstPause, { summary: waiting(input, what) });
  return undoRest(input, what, 2 * firstPause);
}

/** The same for somebody who does not know whether a rollback of that name began, or has ended, already. */
export function takeBackRest(input: Input, what: TakeBack): Promise<RollbackResult> {
  return undoRest(input, what, firstPause);
}

/** What is read of a rollback at work is old a moment later: begun with that, another would undo things twice. */
async function undoRest(input: Input, what: TakeBack, firstMs: number): Promise<RollbackResult> {
  for (let pause = firstMs; ; pause = Math.min(2 * pause, 15 * minute)) {
    const { undone, open, result } = await readRollbacks(input.run, what.name);
    const entries = openEntries(what.entries, undone);
    if (entries.length === 0 && result) return result;
    const rest = open ? undefined : await undo(input, { ...what, entries });
    if (rest) return rest;
    await sleep(pause, { summary: waiting(input, what) });
  }
}

/** What rollbacks of that name undid, and how the last of them ended. */
export function readRollbacks(run: RunIdentity, name: string): Promise<RollbacksRead> {
  const workflowId = rollbackWorkflowId(run.workflowId, name);
  return host.readRollbacks.executeWithOptions({ summary: `What did ${workflowId} undo?` }, [
    { workflowId, run: run.runId },
  ]);
}

function waiting({ run }: Input, { name }: TakeBack): string {
  return `Waits for the end of ${rollbackWorkflowId(run.workflowId, name)}`;
}

/** Undefined when a rollback of that name is at work already. */
async function undo(input: Input, what: TakeBack): Promise<RollbackResult | undefined> {
  try {
    return await start(input, what);
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return undefined;
  }
}

async function start(input: Input, what: TakeBack): Promise<RollbackResult> {
  const { run, environment } = input;
  const workflowId = rollbackWorkflowId(run.workflowId, what.name);
  const startedAt = Date.now();
  const child = await startChild<typeof rollback>('rollback', {
    workflowId,
    args: [inputOf(input, what)],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: `Roll back ${what.name}: ${what.reason}`.slice(0, 180),
    typedSearchAttributes: [
      { key: searchAttributes.plan, value: run.planId },
      { key: searchAttributes.environment, value: environment.id },
      { key: searchAttributes.run, value: run.runId },
      { key: searchAttributes.status, value: 'rolling back' },
    ],
  });
  try {
    return await child.result();
  } catch (error) {
    if (!(error instanceof ChildWorkflowFailure)) throw error;
    const { firstExecutionRunId: runId } = child;
    return lost({ workflowId, runId, startedAt }, what, error.cause?.message ?? error.message);
  }
}

function inputOf(
  { run, environment, rollback: spec }: Input,
  { entries, reason, doubt, verifiedByRun }: TakeBack
): RollbackInput {
  return {
    schemaVersion: 1,
    run,
    entries,
    reason,
    ...(doubt === undefined ? {} : { doubt }),
    environment,
    rollback: spec,
    alone: false,
    ...(verifiedByRun ? { verifiedByRun } : {}),
  };
}

/** A rollback that was ended from outside did not finish, whatever it had undone by then. */
function lost(
  where: { workflowId: string; runId: string; startedAt: number },
  what: TakeBack,
  why: string
): RollbackResult {
  const run = where.workflowId.replace(/\/rollback\/.*$/, '');
  const verification = `${where.workflowId} was ended from outside (${why}); finish it with: ${rollbackLine(run)}`;
  return {
    workflowId: where.workflowId,
    verified: false,
    lost: true,
    reason: verification,
    undone: [],
    status: {
      schemaVersion: 1,
      ...where,
      state: 'NOT rolled back',
      reason: what.reason,
      phases: [...new Set(what.entries.map((entry) => entry.phase))],
      endedAt: Date.now(),
      undos: [],
      checks: [],
      verified: false,
      verification,
      gates: [],
      refusals: [],
      sentence: `NOT rolled back: ${verification}.`,
    },
  };
}
