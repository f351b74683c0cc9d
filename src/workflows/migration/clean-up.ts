import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import { cleanupWorkflowId, preDeploymentId } from '../../plan/names.js';
import type { CleanupInput } from '../../plan/run-input.js';
import { searchAttributes } from '../../plan/search-attributes.js';
import { cancelIfOpen } from '../cancel-if-open.js';
import type { cleanup } from '../cleanup.js';
import { sliceEnvironment } from '../slice.js';
import type { MigrationRecord } from './record.js';

/** What an earlier run of the plan left to do is this run's business now. */
export async function endEarlierCleanup({ frozen, run }: MigrationRecord): Promise<void> {
  if (frozen.plan.cleanup) await cancelIfOpen(cleanupWorkflowId(run.workflowId));
}

/**
 * Starts what is left to do when a run has completed; it lives on when the run has ended. Returns why it could not be
 * started, in words.
 */
export async function startCleanup(record: MigrationRecord): Promise<string | undefined> {
  const { frozen, run, kept } = record;
  const { environment, plan } = frozen;
  if (!plan.cleanup) return undefined;
  const metrics = plan.cleanup.groups.flatMap(({ tasks }) =>
    tasks.flatMap((task) => (task.kind === 'remove-flags' ? task.unread.criteria.map(({ metric }) => metric) : []))
  );
  const people = environment.people.map(({ name }) => name);
  const changes = kept
    .flatMap(({ result }) => result.ledger)
    .flatMap(({ change, capturedAt }) => (change.type === 'flag' ? [[change.key, capturedAt] as const] : []));
  const input: CleanupInput = {
    schemaVersion: 1,
    run,
    cleanup: plan.cleanup,
    environment: sliceEnvironment(environment, { flags: true, metrics, notify: true, people }),
    firstDayAt: record.completed[preDeploymentId]?.completedAt ?? run.startedAt,
    completedAt: Math.max(run.startedAt, ...kept.map(({ result }) => result.completedAt)),
    exposedSince: Object.fromEntries(changes.toSorted((a, b) => a[1] - b[1])),
    shared: true,
  };
  try {
    await startChild<typeof cleanup>('cleanup', {
      workflowId: cleanupWorkflowId(run.workflowId),
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `${plan.cleanup.title}: ${plan.title}`.slice(0, 180),
      typedSearchAttributes: [
        { key: searchAttributes.plan, value: run.planId },
        { key: searchAttributes.environment, value: environment.id },
        { key: searchAttributes.run, value: run.runId },
        { key: searchAttributes.status, value: 'waiting' },
      ],
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return `its clean-up could not begin, since ${cleanupWorkflowId(run.workflowId)} of an earlier run is still open`;
  }
}
