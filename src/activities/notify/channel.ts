import type { Environment } from '../../plan/model.js';
import type { Notification } from '../contract.js';

/** What is told, and where it comes from. */
export interface Message {
  notification: Notification;
  environment: Pick<Environment, 'id' | 'kind' | 'title'>;
  /** Epoch ms. */
  at: number;
}

/** A way to tell people. */
export interface NotifyChannel {
  name: string;
  /** Rejects with why the message was not taken. The same message may come again; its `dedupKey` says so. */
  deliver(message: Message, signal: AbortSignal): Promise<void>;
}
