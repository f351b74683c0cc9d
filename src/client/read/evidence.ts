import { randomUUID } from 'node:crypto';
import type { EvidenceRequest, EvidenceTexts } from '../../plan/evidence-request.js';
import { evidenceWorkflowId, workflowQueue } from '../../plan/names.js';
import type { EvidenceRef } from '../../plan/run-facts.js';
import { NoAnswer, reasonOf } from '../connection/failures.js';
import type { Link } from '../connection/link.js';

/** What one request may ask for: its answer stays well below the 2 MB that a server takes. */
const mostBytes = 400_000;
const mostDocuments = 100;
/** Requests under way at the same time. */
const atOnce = 3;

/**
 * Evidence of an environment, read by its workers; one that cannot be read says why. A client has no other way to it.
 *
 * @param withinMs how long each answer may take
 */
export async function readEvidence(
  link: Link,
  environment: string,
  refs: readonly EvidenceRef[],
  withinMs: number
): Promise<EvidenceTexts> {
  const found: EvidenceTexts = {};
  const requests = inRequests(refs);
  const work = async (): Promise<void> => {
    for (let next = requests.shift(); next; next = requests.shift()) {
      Object.assign(found, await request(link, { schemaVersion: 1, environment, digests: next }, withinMs));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return found;
}

/** Each document once, in groups that are small enough. */
export function inRequests(refs: readonly EvidenceRef[]): string[][] {
  const groups: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const ref of new Map(refs.map((one) => [one.digest, one])).values()) {
    const last = groups.at(-1);
    bytes += ref.bytes;
    if (last && bytes <= mostBytes && last.length < mostDocuments) last.push(ref.digest);
    else {
      groups.push([ref.digest]);
      ({ bytes } = ref);
    }
  }
  return groups;
}

async function request(link: Link, asked: EvidenceRequest, withinMs: number): Promise<EvidenceTexts> {
  const { digests, environment } = asked;
  try {
    const ask = (): Promise<EvidenceTexts> =>
      link.temporal.workflow.execute<(input: EvidenceRequest) => Promise<EvidenceTexts>>('evidence', {
        taskQueue: workflowQueue,
        workflowId: evidenceWorkflowId(environment, randomUUID()),
        args: [asked],
        // Nobody waits for a late answer.
        workflowExecutionTimeout: withinMs,
        staticSummary: `Evidence of ${environment} for a report`,
      });
    return await link.ask('evidence', ask, withinMs);
  } catch (error) {
    const problem =
      error instanceof NoAnswer || isTimeout(error)
        ? `no worker handed it over within ${withinMs / 1000} s`
        : reasonOf(error);
    return Object.fromEntries(digests.map((digest) => [digest, { problem }]));
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof Error && error.cause.name === 'TimeoutFailure';
}
