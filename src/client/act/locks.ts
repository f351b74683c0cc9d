import type { LockHolder } from '../../activities/contract.js';
import { locksWorkflowId } from '../../plan/names.js';
import { isNotFound, isUntaken } from '../connection/failures.js';
import type { Link } from '../connection/link.js';
import { statusWithinMs } from '../read/query.js';

/**
 * Who holds what in an environment; undefined when no worker answers. Nobody holds anything before the first run. Of a
 * workflow that somebody ended it is what it held then: whoever asks next for locks begins another one with that.
 */
export async function lockHolders(link: Link, environmentId: string): Promise<Record<string, LockHolder> | undefined> {
  const handle = link.temporal.workflow.getHandle(locksWorkflowId(environmentId));
  try {
    return await link.ask(
      'holders of locks',
      () => handle.query<Record<string, LockHolder>>('holders'),
      statusWithinMs
    );
  } catch (error) {
    if (isNotFound(error)) return {};
    if (isUntaken(error)) return undefined;
    throw error;
  }
}
