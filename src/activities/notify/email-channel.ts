import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import type { createTransport } from 'nodemailer';
import type { Channel } from '../../plan/model.js';
import type { Tools } from '../deps.js';
import { messageOf } from '../fail.js';
import { NotTaken, runbookOf, type Message, type NotifyChannel } from './channel.js';

const timeoutMs = 10_000;
/** All of it, also where a server says something every few seconds: less than an activity has, so that it is the channel that failed. */
const mostMs = 12_000;

type EmailChannel = Extract<Channel, { kind: 'email' }>;

/**
 * Notifications as plain e-mails, to those whom they are for and to the channel's own addresses. The Message-ID follows
 * from the message's key, and all mails of one alert refer to one thread. A 4xx of the server, and no answer, may be
 * better later; a 5xx never is. Where it is better later for some of them only, the next attempt is for those alone.
 */
export function createEmailChannel(channel: EmailChannel, { secrets }: Pick<Tools, 'secrets'>): NotifyChannel {
  return {
    name: channel.name,
    async deliver(message, signal, taken = new Set()) {
      const { notification } = message;
      const everybody = [...new Set([...channel.to, ...(notification.addresses ?? [])])];
      if (everybody.length === 0)
        throw new NobodyToWriteTo(`no address is known of ${notification.to.join(', ') || 'anybody'}`);
      const to = everybody.filter((address) => !taken.has(address));
      if (to.length === 0) return;
      const transport = await transportOf(channel, secrets);
      const limit = AbortSignal.timeout(mostMs);
      try {
        const { rejected, rejectedErrors = [] } = await transport.sendMail({
          from: channel.from,
          to,
          signal: AbortSignal.any([signal, limit]),
          ...secrets.scrubAll(mailOf(message)),
        });
        if (rejected.length === 0) return;
        const refused = rejected.map(String);
        for (const address of to) if (!refused.includes(address)) taken.add(address);
        throw new NotTaken(`the server did not take ${refused.join(', ')}`, !rejectedErrors.every(isFinal));
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof NotTaken) throw error;
        if (limit.aborted) throw new NotTaken(`the server did not take it within ${mostMs / 1000} s`, true);
        throw new NotTaken(messageOf(error), !isFinal(error));
      } finally {
        transport.close();
      }
    },
  };
}

/** Its code differs: what helps is an address, not the channel. */
export class NobodyToWriteTo extends NotTaken {
  constructor(message: string) {
    super(message, false);
  }
}

async function transportOf(channel: EmailChannel, secrets: Tools['secrets']): Promise<Transport> {
  // Most workers send no e-mail: it is loaded with the first one.
  const nodemailer = await import('nodemailer');
  const { hostname: host, port } = new URL(`smtp://${channel.smtp}`);
  const { security, user, password } = channel;
  if (security === 'none' && !isLoopback(host))
    throw new NotTaken(`${channel.smtp} would get mails unencrypted: security none is for loopback`, false);
  return nodemailer.createTransport({
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port || (security === 'tls' ? 465 : 587)),
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(user === undefined ? {} : { auth: { user, pass: secrets.resolve(password ?? '') } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // What a message says is never a file or an address to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

type Transport = ReturnType<typeof createTransport>;

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));
}

function mailOf({ notification, environment }: Message): object {
  const { title, text, to, run, address, remarks, alert, incident, dedupKey } = notification;
  const runbook = runbookOf(notification);
  const thread = incident?.page ?? alert?.page ?? alert?.dedupKey;
  const lines = [
    text,
    ...(runbook === undefined ? [] : [`Runbook: ${runbook}`]),
    ...(to.length > 0 ? [`For: ${to.join(', ')}`] : []),
    `Run: ${run}${address === undefined ? '' : `, ${address}`}`,
    `Environment: ${environment.title} (${environment.id}, ${environment.kind})`,
    ...remarks.map((remark) => `Note: ${remark}`),
  ];
  return {
    subject: title,
    text: lines.join('\n\n'),
    messageId: idOf(dedupKey),
    ...(thread === undefined ? {} : { references: [idOf(thread)], inReplyTo: idOf(thread) }),
  };
}

function idOf(key: string): string {
  return `<${createHash('sha256').update(key).digest('hex').slice(0, 32)}@phasegate.invalid>`;
}

/** A server that answers 5xx has decided; so has a login that it refused, unless it says that this will pass (454). */
function isFinal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { responseCode, code } = error as { responseCode?: number; code?: string };
  return responseCode === undefined ? code === 'EAUTH' : responseCode >= 500;
}
