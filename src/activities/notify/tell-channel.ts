import type { TellInput, TellResult } from '../contract.js';
import type { Tools } from '../deps.js';
import { fail } from '../fail.js';
import type { Scope } from '../scope.js';
import { messageFor, NotTaken } from './channel.js';
import { NobodyToWriteTo } from './email-channel.js';
import { channelFor } from './registry.js';

/**
 * Tells one channel one message, in one attempt.
 *
 * @throws PG330 when the channel may take it later, PG331 when it never will, PG332 when an e-mail has nobody to go to,
 *   PG309 when a secret of the channel is missing
 */
export async function tellChannel(
  { channel, environment, notification }: TellInput,
  tools: Tools,
  scope: Scope
): Promise<TellResult> {
  const message = messageFor({ environment, notification }, tools.clock.now());
  try {
    await channelFor(channel, tools).deliver(message, scope.signal);
  } catch (error) {
    if (!(error instanceof NotTaken)) throw error;
    const reason = tools.secrets.scrub(error.message);
    const { name } = channel;
    tools.logger.warn({ channel: name, reason, dedupKey: notification.dedupKey }, 'a channel did not take a message');
    throw fail(codeOf(error), `channel ${name}: ${reason}`);
  }
  return { endedAt: tools.clock.now() };
}

function codeOf(error: NotTaken): 'PG330' | 'PG331' | 'PG332' {
  if (error instanceof NobodyToWriteTo) return 'PG332';
  return error.again ? 'PG330' : 'PG331';
}
