import type { Channel } from '../../plan/model.js';
import type { Tools } from '../deps.js';
import type { NotifyChannel } from './channel.js';
import { createLogChannel } from './log-channel.js';
import { createWebhookChannel } from './webhook-channel.js';

export function channelFor(channel: Channel, tools: Tools): NotifyChannel {
  switch (channel.kind) {
    case 'log':
      return createLogChannel(channel.name, tools.logger);
    case 'webhook':
      return createWebhookChannel(channel, tools);
    case 'pagerduty':
    case 'slack':
    case 'email':
      throw new Error(`channels of kind ${channel.kind} are not there yet`);
  }
}
