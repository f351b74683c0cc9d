import type { LockHolder } from '../../activities/contract.js';
import { locksWorkflowId } from '../../plan/names.js';
import { isNotFound, isNotReady, NoAnswer } from '../connection/failures.js';
import type { Link } from '../connection/link.js';
import { statusWithinMs } from '../read/query.js';

/**
 * Who holds what in an environment; undefined when no worker answers. Nobody holds anything before the first run, or
 * when somebody ended the workflow that keeps the locks: the next run starts another one.
 */
export async function lockHolders(link: Link, environmentId: string): Promise<Record<string, LockHolder> | undefined> {
  const handle = link.temporal.workflow.getHandle(locksWorkflowId(environmentId));
  try {
    const { closeTime } = await link.call('the locks', () => handle.describe());
    if (closeTime) return {};
    return await link.ask(
      'holders of locks',
      () => handle.query<Record<string, LockHolder>>('holders'),
      statusWithinMs
    );
  } catch (error) {
    if (isNotFound(error)) return {};
    if (isNotReady(error) || error instanceof NoAnswer) return undefined;
    throw error;
  }
}
