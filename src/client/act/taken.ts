import type { LockHolder } from '../../activities/contract.js';
import { PhasegateError } from '../../plan/errors.js';
import { isNotFound } from '../connection/failures.js';
import type { Link } from '../connection/link.js';
import { lockHolders } from './locks.js';

/** @throws PhasegateError PG201 while an execution of this migration is running */
export async function refuseIfOpen(link: Link, workflowId: string): Promise<void> {
  if (await isOpen(link, workflowId)) throw alreadyOpen(workflowId);
}

export function alreadyOpen(workflowId: string): PhasegateError {
  return new PhasegateError('PG201', `${workflowId} is running`, {
    hint: `Watch it with: phasegate watch ${workflowId}, or end it with: phasegate rollback ${workflowId}`,
  });
}

/**
 * Refuses to begin what would meet another run on a flag or deploy target. Without a worker nobody can tell; the
 * workflows ask for their locks again before they change anything.
 *
 * @param ours run id whose own locks do not count
 * @throws PhasegateError PG202 (held by a run that is open), PG210 (by one that has ended and is not undone)
 */
export async function refuseIfLocked(
  link: Link,
  environmentId: string,
  keys: readonly string[],
  ours?: string
): Promise<void> {
  const holders = (await lockHolders(link, environmentId)) ?? {};
  for (const key of keys) {
    const holder = holders[key];
    if (holder && holder.runId !== ours) throw await lockedBy(link, key, holder);
  }
}

async function lockedBy(link: Link, key: string, holder: LockHolder): Promise<PhasegateError> {
  const what = `${key} is held by ${holder.run}, started by ${holder.startedBy}`;
  if (await isOpen(link, holder.run, holder.runId))
    return new PhasegateError('PG202', `${what}, which is running`, {
      hint: `Watch it with: phasegate watch ${holder.run}`,
    });
  return new PhasegateError('PG210', `${what}, which has ended and is not undone`, {
    hint: `Finish it with: phasegate rollback ${holder.run}`,
  });
}

async function isOpen(link: Link, workflowId: string, runId?: string): Promise<boolean> {
  return link
    .call(`describe ${workflowId}`, () => link.temporal.workflow.getHandle(workflowId, runId).describe())
    .then(({ closeTime }) => !closeTime)
    .catch((error: unknown) => {
      if (isNotFound(error)) return false;
      throw error;
    });
}
