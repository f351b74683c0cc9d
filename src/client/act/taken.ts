import { confirmRemark, rollbackLine, runName } from '../../plan/text/command-lines.js';
import type { LockHolder } from '../../activities/contract.js';
import { PhasegateError } from '../../plan/errors.js';
import type { Link } from '../connection/link.js';
import { describeRun, type Described } from '../read/describe.js';
import { isCleanup } from '../../plan/names.js';
import { removesFlags } from '../../plan/cleanup/course.js';
import { lockHolders } from './locks.js';

/** @throws PhasegateError PG201 while an execution of this migration is running */
export async function refuseIfOpen(link: Link, workflowId: string): Promise<void> {
  if ((await describeIfKnown(link, workflowId))?.open) throw alreadyOpen(workflowId);
}

export function alreadyOpen(workflowId: string): PhasegateError {
  return new PhasegateError('PG201', `${workflowId} is running`, {
    hint: `Watch it with: phasegate watch ${runName(workflowId)}, or end it with: ${rollbackLine(workflowId)}`,
  });
}

/**
 * Refuses to begin what would meet another run on a flag or deploy target. Without a worker nobody can tell; the
 * workflows ask for their locks again before they change anything.
 *
 * @param ours run id whose own locks do not count
 * @throws PhasegateError PG202 (held by a run that is open), PG210 (by one that ended without giving them back)
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
    const refusal = holder && holder.runId !== ours && (await lockedBy(link, environmentId, key, holder));
    if (refusal) throw refusal;
  }
}

async function lockedBy(
  link: Link,
  environmentId: string,
  key: string,
  holder: LockHolder
): Promise<PhasegateError | undefined> {
  // The newest execution: locks stay with the first one of a run that was reset.
  const newest = await describeIfKnown(link, holder.run);
  const what = `${key} is held by ${holder.run}, started by ${holder.startedBy}`;
  const isOpen = newest?.open === true && newest.firstRunId === holder.runId;
  // Of a clean-up that has ended, they are given back when they are asked for.
  if (isCleanup(holder.run))
    return isOpen
      ? new PhasegateError('PG202', `${what}: ${removesFlags}`, {
          hint: `See: phasegate status ${runName(holder.run)}`,
        })
      : undefined;
  if (isOpen)
    return new PhasegateError('PG202', `${what}, which is running`, {
      hint: `Watch it with: phasegate watch ${runName(holder.run)}`,
    });
  return new PhasegateError('PG210', `${what}, which ended without giving its locks back`, {
    hint: `Finish it with: ${rollbackLine(holder.run)} ${confirmRemark(environmentId)}`,
  });
}

async function describeIfKnown(link: Link, workflowId: string): Promise<Described | undefined> {
  try {
    return await describeRun(link, workflowId);
  } catch (error) {
    if (error instanceof PhasegateError && error.code === 'PG403') return undefined;
    throw error;
  }
}
