import type { EvidenceRef } from '../../plan/run-facts.js';
import type { NotifyInput, NotifyResult } from '../contract.js';
import type { Tools } from '../deps.js';
import { fail, messageOf } from '../fail.js';
import type { Scope } from '../scope.js';
import { messageFor, NotTaken, type Message, type NotifyChannel } from './channel.js';
import { channelFor } from './registry.js';
import { namesByChannel, namesIn } from './told-before.js';

const tries = 3;
const pauseMs = 500;
/** Where a channel asks for one: the others' answers wait for it. */
const longestPauseMs = 5_000;

/**
 * Tells people by every channel at once. A dead channel stops no other and is named in the result; only when nobody took
 * the message is it worth a retry. Whoever took it before is left out, also where a channel asks several.
 *
 * @throws PG315 when there are channels and nobody took it
 */
export async function notify(
  { environment, notification, taken: before = {} }: NotifyInput,
  tools: Tools,
  scope: Scope
): Promise<NotifyResult & { evidence: EvidenceRef }> {
  const message = messageFor({ environment, notification }, scope.scheduledAt);
  // Known from the heartbeat of an attempt that died after it had told somebody.
  const delivered = new Set(namesIn(scope.heartbeatDetails, 'delivered'));
  const taken = new Map(Object.entries({ ...before, ...namesByChannel(scope.heartbeatDetails) }));
  const told = (): Pick<NotifyResult, 'delivered' | 'taken'> => ({
    delivered: [...delivered],
    ...(taken.size > 0 ? { taken: Object.fromEntries(taken) } : {}),
  });
  const failed: Record<string, string> = {};
  const refused: string[] = [];
  await Promise.all(
    environment.notify.map(async (declared) => {
      if (delivered.has(declared.name)) return;
      const { name } = declared;
      const has = new Set(taken.get(name));
      try {
        await insist(channelFor(declared, tools), { message, has }, tools, scope);
        delivered.add(name);
        taken.delete(name);
      } catch (error) {
        failed[name] = tools.secrets.scrub(messageOf(error));
        if (error instanceof NotTaken && !error.again) refused.push(name);
        if (has.size > 0) taken.set(name, [...has]);
      }
      if (delivered.has(name) || has.size > 0) scope.heartbeat(told());
    })
  );
  if (scope.signal.aborted) return scope.cancelled;
  for (const [channel, reason] of Object.entries(failed)) {
    tools.logger.warn({ channel, reason, dedupKey: notification.dedupKey }, 'a channel did not take a notification');
  }
  if (delivered.size === 0 && taken.size === 0 && environment.notify.length > 0) {
    const reasons = Object.entries(failed).map(([name, reason]) => `${name}: ${reason}`);
    throw fail('PG315', `no channel took "${notification.title}": ${reasons.join('; ')}`);
  }
  const result = { ...told(), failed, ...(refused.length > 0 ? { refused } : {}), endedAt: tools.clock.now() };
  const document = tools.secrets.scrubAll({ notification, ...result });
  return { ...result, evidence: await tools.evidence.put('notification', document) };
}

/** A channel that is busy for a moment gets the message all the same. */
async function insist(
  channel: NotifyChannel,
  { message, has }: { message: Message; has: Set<string> },
  { clock }: Tools,
  { signal }: Scope
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await channel.deliver(message, signal, has);
    } catch (error) {
      if (!(error instanceof NotTaken) || !error.again || attempt === tries) throw error;
      await clock.sleep(Math.max(pauseMs * attempt, Math.min(error.pauseMs ?? 0, longestPauseMs)), signal);
    }
  }
}
