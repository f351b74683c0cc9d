import type { EnvironmentDocument } from '../document/environment-document.js';
import type { Channel } from '../model.js';
import { withoutUndefined } from './criteria.js';

type ChannelDocument = EnvironmentDocument['channels'][string];

/** Where alerts are told. An optional one without an address stays under its name, so that a route always finds it. */
export function freezeAlertChannel(name: string, channel: ChannelDocument): Channel {
  const address = channel.kind === 'log' ? undefined : channel.kind === 'email' ? channel.smtp : channel.url;
  if (channel.kind === 'log' || (channel.optional && address === '')) return { kind: 'log', name };
  switch (channel.kind) {
    case 'webhook':
      return { kind: 'webhook', name, url: channel.url, headers: channel.headers };
    case 'pagerduty':
      return { kind: 'pagerduty', name, url: channel.url, routingKey: channel['routing-key'] };
    case 'slack':
      return { kind: 'slack', name, url: channel.url };
    case 'email': {
      const { smtp, security, from, to, user, password } = channel;
      return { kind: 'email', name, smtp, security, from, to, ...withoutUndefined({ user, password }) };
    }
  }
}
