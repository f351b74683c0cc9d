import type { Channel } from '../../plan/model.js';
import type { Tools } from '../deps.js';
import { postJson, type Message, type NotifyChannel } from './channel.js';

/**
 * Notifications as JSON, POSTed to a URL; any 2xx takes them. The body:
 *
 * ```json
 * { "schemaVersion": 1, "kind": "approval", "title": "…", "text": "…", "to": ["engineering-lead"],
 *   "run": "migration/…", "address": "1a/approval#1", "environment": { "id": "…", "kind": "…", "title": "…" },
 *   "remarks": ["…"], "dedupKey": "…", "at": "2026-01-31T12:00:00.000Z" }
 * ```
 *
 * That of an alert has besides `"alert": { "dedupKey": "…", "event": "trigger", "metric": "…", "level": "critical" }`;
 * `event` is trigger, acknowledge or resolve, and `alert.dedupKey` the same for all that is told of one alert.
 * That of an incident has `"incident": { "page": "…", "event": "trigger", "severity": 1 }`; `event` may also be none, which calls nobody;
 * `pages`, where it is there, are other pages that it answers or ends with its own. An alert that people are paged for together with an incident has the same `page`. Both may have a `runbook`, a link.
 *
 * `text` alone reads well, as chat systems show it. The same notification may come twice: its `dedupKey`, which is also
 * the header Idempotency-Key, stays the same.
 */
export function createWebhookChannel(
  channel: Extract<Channel, { kind: 'webhook' }>,
  { secrets, fetch }: Pick<Tools, 'secrets' | 'fetch'>
): NotifyChannel {
  return {
    name: channel.name,
    async deliver(message, signal) {
      const headers = Object.entries(channel.headers).map(([name, value]) => [name, secrets.resolve(value)]);
      const url = secrets.resolve(channel.url);
      const json = secrets.scrub(JSON.stringify(bodyOf(message)));
      const own = { 'Idempotency-Key': message.notification.dedupKey, ...Object.fromEntries(headers) };
      await postJson({ url, headers: own, json, signal }, fetch);
    },
  };
}

function bodyOf({ notification: { addresses: _addresses, ...notification }, environment, at }: Message): object {
  const { id, kind, title } = environment;
  return { schemaVersion: 1, ...notification, environment: { id, kind, title }, at: new Date(at).toISOString() };
}
