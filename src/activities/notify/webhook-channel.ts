import type { Channel } from '../../plan/model.js';
import type { Tools } from '../deps.js';
import { NoAnswer, send } from '../http/send.js';
import type { HttpAnswer } from '../http/send.js';
import type { Message, NotifyChannel } from './channel.js';

const timeoutMs = 5_000;
const tries = 3;
const pauseMs = 500;

/**
 * Notifications as JSON, POSTed to a URL; any 2xx takes them. The body:
 *
 * ```json
 * { "schemaVersion": 1, "kind": "approval", "title": "…", "text": "…", "to": ["engineering-lead"],
 *   "run": "migration/…", "address": "1a/approval#1", "environment": { "id": "…", "kind": "…", "title": "…" },
 *   "remarks": ["…"], "dedupKey": "…", "at": "2026-01-31T12:00:00.000Z" }
 * ```
 *
 * `text` alone reads well, as chat systems show it. The same notification may come twice: its `dedupKey`, which is also
 * the header Idempotency-Key, stays the same.
 */
export function createWebhookChannel(
  channel: Extract<Channel, { kind: 'webhook' }>,
  { secrets, fetch, clock }: Pick<Tools, 'secrets' | 'fetch' | 'clock'>
): NotifyChannel {
  const post = async (message: Message, signal: AbortSignal): Promise<HttpAnswer | NoAnswer> => {
    const headers = Object.entries(channel.headers).map(([name, value]) => [name, secrets.resolve(value)]);
    try {
      return await send(
        {
          url: secrets.resolve(channel.url),
          method: 'POST',
          headers: {
            'Content-Type': 'application/json',
            'Idempotency-Key': message.notification.dedupKey,
            ...Object.fromEntries(headers),
          },
          body: secrets.scrub(JSON.stringify(bodyOf(message))),
          timeoutMs,
          signal,
        },
        fetch
      );
    } catch (error) {
      if (error instanceof NoAnswer) return error;
      throw error;
    }
  };
  return {
    name: channel.name,
    async deliver(message, signal) {
      for (let attempt = 1; ; attempt += 1) {
        const answer = await post(message, signal);
        const problem = answer instanceof NoAnswer ? answer.message : refusal(answer);
        if (problem === undefined) return;
        const again = answer instanceof NoAnswer || answer.status === 429 || answer.status >= 500;
        if (!again || attempt === tries) throw new Error(problem);
        await clock.sleep(pauseMs * attempt, signal);
      }
    },
  };
}

function bodyOf({ notification, environment, at }: Message): object {
  const { id, kind, title } = environment;
  return { schemaVersion: 1, ...notification, environment: { id, kind, title }, at: new Date(at).toISOString() };
}

function refusal({ status, body }: HttpAnswer): string | undefined {
  return status >= 200 && status < 300 ? undefined : `answered ${status} ${body.slice(0, 200)}`.trim();
}
