import { type WorkflowHandle, WorkflowFailedError } from '@temporalio/client';
import { readEvidence } from '../../../src/client/read/evidence.js';
import type { EvidenceTexts } from '../../../src/plan/evidence-request.js';
import { cleanupWorkflowId } from '../../../src/plan/names.js';
import type { CleanupResult, PhaseStatus } from '../../../src/plan/run-status.js';
import { linkOf } from '../../support/stage/link.js';
import type { Stage } from '../../support/stage/stage.js';
import type { World } from '../../support/stage/world.js';

/** How the clean-up of a run ended, or why it failed. */
export type CleanedUp = PhaseStatus | { failure: string };

/** As long as the command line waits. */
const evidenceWithinMs = 20_000;
const mostDocuments = 5;

/** What people did until each task of the clean-up was done. */
export async function cleanedUp(stage: Stage, run: WorkflowHandle): Promise<CleanedUp> {
  try {
    const { status } = (await stage.handleOf(cleanupWorkflowId(run.workflowId)).result()) as CleanupResult;
    return status;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return { failure: String(error.cause ?? error) };
  }
}

/** Some of what the run stored, as a client on another host reads it. */
export function readByClient(stage: Stage, world: World): Promise<EvidenceTexts> {
  const refs = [...world.evidence.keys()].slice(0, mostDocuments).map((digest) => ({ digest, bytes: 1 }));
  return readEvidence(linkOf(stage), stage.environment.id, refs, evidenceWithinMs);
}
