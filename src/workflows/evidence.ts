import { ActivityFailure, ApplicationFailure, setWorkflowOptions } from '@temporalio/workflow';
import { evidenceRequest, type EvidenceRequest, type EvidenceTexts } from '../plan/evidence-request.js';
import { environmentCalls } from './activities.js';
import { failureText } from './phase/attempt.js';

setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, evidence);

/**
 * Hands stored evidence to a client on another host: it lies where the workers of its environment are, and nowhere
 * else. What cannot be read is said for each document by itself. The client keeps a request small enough for an answer.
 */
export async function evidence(asked: EvidenceRequest): Promise<EvidenceTexts> {
  const parsed = evidenceRequest.safeParse(asked);
  // Anybody can start it by hand: an error in the code would keep it open for ever.
  if (!parsed.success)
    throw ApplicationFailure.nonRetryable(`no request for evidence: ${parsed.error.issues[0]?.message ?? ''}`, 'PG207');
  const { environment, digests } = parsed.data;
  const { reads } = environmentCalls(environment);
  const read = async (digest: string): Promise<EvidenceTexts[string]> => {
    try {
      const text = await reads.readEvidence.executeWithOptions(
        { summary: `Read ${digest.slice(0, 19)}`, scheduleToCloseTimeout: '18s' },
        [{ digest }]
      );
      return { text };
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      return { problem: failureText(error) };
    }
  };
  return Object.fromEntries(await Promise.all(digests.map(async (digest) => [digest, await read(digest)] as const)));
}
