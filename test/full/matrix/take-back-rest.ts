import { WorkflowFailedError } from '@temporalio/client';
import type { PhasegateClient } from '../../../src/client/phasegate-client.js';
import type { Stage } from '../../support/stage/stage.js';
import type { Played } from './play.js';

/**
 * What the end of a run that is not verified tells people to do, and what they may do after any end. False when the
 * rollback failed.
 */
export async function takeBackRest(stage: Stage, client: PhasegateClient, { run, status }: Played): Promise<boolean> {
  const ref = { workflowId: run.workflowId, runId: status.runId };
  const rollback = await stage.until('everything to be at rest', () =>
    client.rollbackEnded(ref, { by: 'dana', reason: 'the cell wants to see it' })
  );
  try {
    await stage.handleOf(rollback.workflowId, rollback.runId).result();
    return true;
  } catch (error) {
    if (error instanceof WorkflowFailedError) return false;
    throw error;
  }
}
