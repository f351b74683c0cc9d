import type { Environment } from '../../plan/model.js';
import type { Notification } from '../contract.js';
import { cleanDeep, cleanLine } from '../../plan/text/clean.js';
import { NoAnswer, send } from '../http/send.js';
import type { HttpAnswer, HttpRequest } from '../http/send.js';

/** What is told, and where it comes from. */
export interface Message {
  notification: Notification;
  environment: Pick<Environment, 'id' | 'kind' | 'title'>;
  /** Epoch ms. */
  at: number;
}

/**
 * What is told of an environment. People and other systems wrote its words: nothing in them may steer a terminal, turn
 * round what a reader sees, or make two lines of a title.
 */
export function messageFor(
  { environment, notification }: Pick<Message, 'environment' | 'notification'>,
  at: number
): Message {
  const { id, kind, title } = environment;
  const told = cleanDeep({ environment: { id, kind, title }, notification });
  return { ...told, notification: { ...told.notification, title: cleanLine(told.notification.title) }, at };
}

/** A way to tell people. */
export interface NotifyChannel {
  name: string;
  /**
   * One attempt. The same message may come again; its `dedupKey` says so.
   *
   * @throws NotTaken with why the message was not taken
   */
  deliver(message: Message, signal: AbortSignal): Promise<void>;
}

/** A channel did not take a message. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken';
  /** Whether the same message may be taken later. */
  readonly again: boolean;

  constructor(message: string, again: boolean) {
    super(message);
    this.again = again;
  }
}

/**
 * Posts JSON to a channel. No answer, 429 and 5xx may be better later; what else is not 2xx never is.
 *
 * @param json already without secrets, unless the channel's own belong in it
 * @throws NotTaken
 */
export async function postJson(
  { url, headers, json, signal }: Pick<HttpRequest, 'url' | 'headers' | 'signal'> & { json: string },
  fetchIt: typeof fetch
): Promise<void> {
  const answer = await send(
    {
      url,
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: json,
      timeoutMs,
      ...(signal ? { signal } : {}),
    },
    fetchIt
  ).catch((error: unknown) => {
    if (error instanceof NoAnswer) throw new NotTaken(error.message, true);
    throw error;
  });
  const problem = refusal(answer);
  if (problem !== undefined) throw new NotTaken(problem, answer.status === 429 || answer.status >= 500);
}

const timeoutMs = 5_000;

function refusal({ status, body }: HttpAnswer): string | undefined {
  return status >= 200 && status < 300 ? undefined : `answered ${status} ${body.slice(0, 200)}`.trim();
}
