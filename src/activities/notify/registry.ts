import type { Channel } from '../../plan/model.js';
import type { Tools } from '../deps.js';
import type { NotifyChannel } from './channel.js';
import { createEmailChannel } from './email-channel.js';
import { createLogChannel } from './log-channel.js';
import { createPagerDutyChannel } from './pagerduty-channel.js';
import { createSlackChannel } from './slack-channel.js';
import { createWebhookChannel } from './webhook-channel.js';

export function channelFor(channel: Channel, tools: Tools): NotifyChannel {
  switch (channel.kind) {
    case 'log':
      return createLogChannel(channel.name, tools.logger);
    case 'webhook':
      return createWebhookChannel(channel, tools);
    case 'pagerduty':
      return createPagerDutyChannel(channel, tools);
    case 'slack':
      return createSlackChannel(channel, tools);
    case 'email':
      return createEmailChannel(channel, tools);
  }
}
