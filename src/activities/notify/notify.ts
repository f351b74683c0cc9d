import type { Environment } from '../../plan/model.js';
import type { EvidenceRef } from '../../plan/run-facts.js';
import type { Notification, NotifyResult } from '../contract.js';
import type { Tools } from '../deps.js';
import { fail, messageOf } from '../fail.js';
import type { Scope } from '../scope.js';
import { messageFor, NotTaken, type Message, type NotifyChannel } from './channel.js';
import { channelFor } from './registry.js';
import { namesIn } from './told-before.js';

const tries = 3;
const pauseMs = 500;
/** Where a channel asks for one: the others' answers wait for it. */
const longestPauseMs = 5_000;

export interface NotifyInput {
  environment: Environment;
  notification: Notification;
}

/**
 * Tells people by every channel at once. A dead channel stops no other and is named in the result; only when none took
 * the message is it worth a retry, which leaves out whoever took it before.
 *
 * @throws PG315 when there are channels and none took it
 */
export async function notify(
  { environment, notification }: NotifyInput,
  tools: Tools,
  scope: Scope
): Promise<NotifyResult & { evidence: EvidenceRef }> {
  const message = messageFor({ environment, notification }, scope.scheduledAt);
  // Known from the heartbeat of an attempt that died after it had told somebody.
  const delivered = new Set(namesIn(scope.heartbeatDetails, 'delivered'));
  const failed: Record<string, string> = {};
  await Promise.all(
    environment.notify.map(async (declared) => {
      if (delivered.has(declared.name)) return;
      try {
        await insist(channelFor(declared, tools), message, tools, scope);
        delivered.add(declared.name);
        scope.heartbeat({ delivered: [...delivered] });
      } catch (error) {
        failed[declared.name] = tools.secrets.scrub(messageOf(error));
      }
    })
  );
  if (scope.signal.aborted) return scope.cancelled;
  for (const [channel, reason] of Object.entries(failed)) {
    tools.logger.warn({ channel, reason, dedupKey: notification.dedupKey }, 'a channel did not take a notification');
  }
  if (delivered.size === 0 && environment.notify.length > 0) {
    const reasons = Object.entries(failed).map(([name, reason]) => `${name}: ${reason}`);
    throw fail('PG315', `no channel took "${notification.title}": ${reasons.join('; ')}`);
  }
  const result = { delivered: [...delivered], failed, endedAt: tools.clock.now() };
  const document = tools.secrets.scrubAll({ notification, ...result });
  return { ...result, evidence: await tools.evidence.put('notification', document) };
}

/** A channel that is busy for a moment gets the message all the same. */
async function insist(channel: NotifyChannel, message: Message, { clock }: Tools, { signal }: Scope): Promise<void> {
  const taken = new Set<string>();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await channel.deliver(message, signal, taken);
    } catch (error) {
      if (!(error instanceof NotTaken) || !error.again || attempt === tries) throw error;
      await clock.sleep(Math.max(pauseMs * attempt, Math.min(error.pauseMs ?? 0, longestPauseMs)), signal);
    }
  }
}
