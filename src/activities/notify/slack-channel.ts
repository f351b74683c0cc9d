import type { Channel } from '../../plan/model.js';
import { beginning } from '../../plan/text/clean.js';
import type { Tools } from '../deps.js';
import { postJson, runbookOf, type Message, type NotifyChannel } from './channel.js';

/** What Slack takes at most in a header and in a section. */
const longestHeader = 150;
const longestSection = 2_900;

/**
 * Notifications to an incoming webhook of Slack: `text` for what cannot show blocks, then a header, the message, and
 * where it comes from. Slack knows no key of a message, so one that was taken by a worker that died then comes twice.
 */
export function createSlackChannel(
  channel: Extract<Channel, { kind: 'slack' }>,
  { secrets, fetch }: Pick<Tools, 'secrets' | 'fetch'>
): NotifyChannel {
  return {
    name: channel.name,
    async deliver(message, signal) {
      const url = secrets.resolve(channel.url);
      // The address of a webhook is its key, also where it stands in the environment as it is.
      secrets.remember(url, `url of ${channel.name}`);
      await postJson({ url, json: secrets.scrub(JSON.stringify(bodyOf(message))), signal }, fetch, 'refused');
    },
  };
}

function bodyOf({ notification, environment }: Message): object {
  const { title, text, to, run, address, remarks, alert } = notification;
  const runbook = runbookOf(notification);
  const sign = alert ? `${signs[alert.event === 'resolve' ? 'resolved' : alert.level]} ` : '';
  const from = [address ?? run, `environment ${environment.id} (${environment.kind})`, ...remarks];
  const forWhom = to.length > 0 ? [`for ${to.join(', ')}`] : [];
  const section = (markdown: string): object => ({ type: 'section', text: { type: 'mrkdwn', text: markdown } });
  return {
    text: beginning(escaped(`${sign}${title}: ${text}`), longestSection),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: beginning(`${sign}${title}`, longestHeader) } },
      section(beginning(escaped(text), longestSection)),
      ...(runbook === undefined ? [] : [section(`Runbook: ${escaped(runbook)}`)]),
      {
        type: 'context',
        elements: [{ type: 'mrkdwn', text: beginning(escaped([...forWhom, ...from].join(' · ')), longestSection) }],
      },
    ],
  };
}

const signs = { critical: '🔴', warning: '🟠', 'no-data': '⚪', resolved: '✅' } as const;

/** What Slack reads as markup of links and mentions: nobody is to be paged by the name of a metric. */
function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
