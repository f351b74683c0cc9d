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

/** Where whoever is told reads what to do. */
export function runbookOf({ alert, incident }: Message['notification']): string | undefined {
  return (alert ?? incident)?.runbook;
}

/** A way to tell people. */
export interface NotifyChannel {
  name: string;
  /**
   * One attempt. The same message may come again; its `dedupKey` says so.
   *
   * @param taken who has it from an earlier attempt, where a channel asks several; it adds those that have it now
   * @throws NotTaken with why the message was not taken
   */
  deliver(message: Message, signal: AbortSignal, taken?: Set<string>): Promise<void>;
}

/** A channel did not take a message. */
export class NotTaken extends Error {
  override readonly name = 'NotTaken';
  /** Whether the same message may be taken later. */
  readonly again: boolean;
  /** How long the channel asked to be left alone, in ms. */
  readonly pauseMs?: number;

  constructor(message: string, again: boolean, pauseMs?: number) {
    super(message);
    this.again = again;
    if (pauseMs !== undefined) this.pauseMs = pauseMs;
  }
}

/**
 * Posts JSON to a channel. No answer, 408, 429 and 5xx may be better later; what else is not 2xx never is. The status
 * decides, also where the rest of the answer does not come: a channel that took a message and then hangs must not be told
 * for hours, nor one that refuses it.
 *
 * @param json already without secrets, unless the channel's own belong in it
 * @param pages whether a web page is a yes; for a service that never answers with one it is that of a proxy
 * @throws NotTaken
 */
export async function postJson(
  { url, headers, json, signal }: Pick<HttpRequest, 'url' | 'headers' | 'signal'> & { json: string },
  fetchIt: typeof fetch,
  pages: 'taken' | 'refused' = 'taken'
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
  ).catch((error: unknown): Answer => {
    if (!(error instanceof NoAnswer)) throw error;
    if (error.head) return { ...error.head, body: `(${error.message})` };
    throw new NotTaken(error.message, true);
  });
  const { status, headers: fields, body } = answer;
  const said = `answered ${status} ${body.slice(0, 200)}`.trim();
  if (status < 200 || status >= 300)
    throw new NotTaken(said, busy.has(status) || status >= 500, retryAfterMs(fields['retry-after'], Date.now()));
  if (pages === 'refused' && fields['content-type']?.startsWith('text/html'))
    throw new NotTaken(`${said}, which is a web page: something else answers there`, true);
}

type Answer = Pick<HttpAnswer, 'status' | 'headers' | 'body'>;

const timeoutMs = 5_000;
/** Too slow, too many: it is not the message. */
const busy: ReadonlySet<number> = new Set([408, 429]);

/** What the header Retry-After asks for, in ms: seconds, or a time. */
function retryAfterMs(asked: string | undefined, now: number): number | undefined {
  if (asked === undefined) return undefined;
  const ms = /^\d+$/.test(asked) ? Number(asked) * 1000 : Date.parse(asked) - now;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}
