import type { ActivityLogger } from '../deps.js';
import type { NotifyChannel } from './channel.js';

/** Notifications as lines of the worker's log. */
export function createLogChannel(name: string, logger: ActivityLogger): NotifyChannel {
  return {
    name,
    async deliver({ notification, environment }) {
      const { title, ...facts } = notification;
      logger.info({ channel: name, environment: environment.id, ...facts }, title);
    },
  };
}
