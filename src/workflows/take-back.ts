import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { executeChild, ParentClosePolicy } from '@temporalio/workflow';
import type { LedgerEntry } from '../plan/change.js';
import type { Environment, RollbackSpec } from '../plan/model.js';
import { rollbackWorkflowId } from '../plan/names.js';
import type { RunIdentity } from '../plan/run-input.js';
import type { RollbackResult } from '../plan/run-status.js';
import { searchAttributes } from '../plan/search-attributes.js';
import type { rollback } from './rollback.js';

/**
 * Undoes ledgers in a workflow of its own, which lives on whatever becomes of its parent. Call it in a scope that
 * cancellation does not reach.
 */
export async function takeBack(
  input: Input,
  what: { name: string; entries: LedgerEntry[]; reason: string }
): Promise<RollbackResult> {
  for (let attempt = 1; ; attempt++) {
    const name = attempt === 1 ? what.name : `${what.name}-${attempt}`;
    try {
      return await start(input, { ...what, name });
    } catch (error) {
      // A rollback of that name is still open, left by an earlier execution: this one must not wait for it.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }
}

interface Input {
  run: RunIdentity;
  environment: Environment;
  rollback: RollbackSpec;
}

function start(input: Input, what: { name: string; entries: LedgerEntry[]; reason: string }): Promise<RollbackResult> {
  const { run, environment } = input;
  return executeChild<typeof rollback>('rollback', {
    workflowId: rollbackWorkflowId(run.workflowId, what.name),
    args: [
      {
        schemaVersion: 1,
        run,
        entries: what.entries,
        reason: what.reason,
        requestedBy: run.startedBy,
        environment,
        rollback: input.rollback,
        releaseLocks: false,
      },
    ],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: `Roll back ${what.name}: ${what.reason}`.slice(0, 180),
    typedSearchAttributes: [
      { key: searchAttributes.plan, value: run.planId },
      { key: searchAttributes.environment, value: environment.id },
      { key: searchAttributes.run, value: run.runId },
      { key: searchAttributes.status, value: 'rolling back' },
    ],
  });
}
