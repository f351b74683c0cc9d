import type { TellInput, TellResult } from '../contract.js';
import type { Tools } from '../deps.js';
import { fail } from '../fail.js';
import type { Scope } from '../scope.js';
import { messageFor, NotTaken } from './channel.js';
import { NobodyToWriteTo } from './email-channel.js';
import { channelFor } from './registry.js';
import { namesIn } from './told-before.js';

/**
 * Tells one channel one message, in one attempt. It ends before the time for all attempts does: Temporal's own time-out
 * would hide why the channel did not take it, and look as if no worker were there.
 *
 * @throws PG330 when the channel may take it later, PG331 when it never will, PG332 when an e-mail has nobody to go to,
 *   PG309 when a secret of the channel is missing
 */
export async function tellChannel(
  { channel, environment, notification }: TellInput,
  tools: Tools,
  scope: Scope
): Promise<TellResult> {
  const message = messageFor({ environment, notification }, notification.at ?? scope.scheduledAt);
  const taken = new Set(namesIn(scope.heartbeatDetails, 'taken'));
  const began = performance.now();
  try {
    await inTime(scope, (signal) => channelFor(channel, tools).deliver(message, signal, taken));
  } catch (error) {
    if (!(error instanceof NotTaken)) throw error;
    if (taken.size > 0) scope.heartbeat({ taken: [...taken] });
    const reason = tools.secrets.scrub(error.message);
    const { name } = channel;
    tools.logger.warn({ channel: name, reason, dedupKey: notification.dedupKey }, 'a channel did not take a message');
    throw fail(codeOf(error), `channel ${name}: ${reason}`, pauseAfter(error, scope, performance.now() - began));
  }
  return { endedAt: tools.clock.now() };
}

/** To tell Temporal how it ended. */
const marginMs = 1_000;
/** As long as no channel takes; Temporal's limit for one attempt is beyond it. */
const longestMs = 15_000;
/** Less is no attempt. */
const shortestAttemptMs = 2_000;

async function inTime(scope: Scope, deliver: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const limitMs = Math.min(scope.timeLeftMs - marginMs, longestMs);
  const limit = AbortSignal.timeout(Math.max(limitMs, shortestAttemptMs));
  try {
    await deliver(AbortSignal.any([scope.signal, limit]));
  } catch (error) {
    if (error instanceof NotTaken || scope.signal.aborted || !limit.aborted) throw error;
    throw new NotTaken('it did not answer in time', true);
  }
}

/** No channel keeps a page away for longer than it would be tried anyway, nor is asked by itself every second for hours. */
const longestPauseMs = 5 * 60_000;
const shortestPauseMs = 10_000;

function pauseAfter({ pauseMs }: NotTaken, { attempt, timeLeftMs }: Scope, tookMs: number): { pauseMs?: number } {
  // What cannot be tried once more in time ends now, with the reason.
  if (timeLeftMs - tookMs < shortestPauseMs + marginMs + shortestAttemptMs) return { pauseMs: timeLeftMs };
  if (pauseMs === undefined) return {};
  const shortest = Math.min(shortestPauseMs, 1_000 * 2 ** (attempt - 1));
  return { pauseMs: Math.max(shortest, Math.min(pauseMs, longestPauseMs)) };
}

function codeOf(error: NotTaken): 'PG330' | 'PG331' | 'PG332' {
  if (error instanceof NobodyToWriteTo) return 'PG332';
  return error.again ? 'PG330' : 'PG331';
}
