import {
  CancellationScope,
  condition,
  allHandlersFinished,
  defineQuery,
  setHandler,
  setWorkflowOptions,
} from '@temporalio/workflow';
import type { RollbackInput } from '../plan/run-input.js';
import type { RollbackResult, RollbackStatus } from '../plan/run-status.js';
import { statusQuery } from '../plan/wire.js';
import { host } from './activities.js';
import { announce } from './announce.js';
import { RollbackRecord } from './rollback/record.js';
import { Undos } from './rollback/undos.js';
import { verifyRollback } from './rollback/verification.js';

setWorkflowOptions({ versioningBehavior: 'PINNED' }, rollback);

/**
 * Undoes one or more ledgers: exposure first, then everything else in reverse, each undo read back; then checks health
 * and that the red metrics are back inside their targets. An undo that keeps failing is paged and waits for a person
 * while the others go on: a rollback never ends while one entry is open. It cannot be cancelled, paused or undone.
 */
export async function rollback(input: RollbackInput): Promise<RollbackResult> {
  const record = new RollbackRecord(input);
  setHandler(defineQuery<RollbackStatus>(statusQuery), () => record.status, {
    description: 'Everything known about this rollback.',
  });
  const undos = new Undos(input, record);
  undos.listen();

  return CancellationScope.nonCancellable(async () => {
    await undos.all();
    // People are told only now: what makes production safe goes first.
    void announce(input.run, input.environment, {
      kind: 'rollback',
      title: `Rolling back: everything is undone, verifying`,
      text: `Because: ${input.reason}`,
      to: input.environment.people.map((person) => person.name),
    });
    const verification = await verifyRollback(input, record, undos.takenOver());
    record.end(verification.verified, verification.reason);
    if (verification.verified && input.releaseLocks) {
      const { workflowId, runId } = input.run;
      await host.releaseLocks.executeWithOptions({ summary: 'Release the locks of the run' }, [
        { environment: input.environment.id, run: workflowId, runId },
      ]);
    }
    await condition(allHandlersFinished);
    const { workflowId } = record.status;
    return {
      workflowId,
      ...verification,
      undone: record.status.undos.flatMap((undo) => [undo.entryId, ...undo.covers]),
      status: record.status,
    };
  });
}
