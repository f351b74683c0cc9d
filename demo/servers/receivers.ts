import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { LOOPBACK } from './processes.js';

/** What one of them was sent, in a line. */
export interface Told {
  /** Epoch ms. */
  at: number;
  to: 'PagerDuty' | 'Slack #ops' | 'Slack #eng' | 'mail';
  what: string;
}

/**
 * Stand-ins of the demo for PagerDuty, Slack and a mail server, on loopback: they take everything and remember it. The
 * mail server is a real one that delivers nowhere; the other two are FAKES of the services' APIs.
 */
export interface Receivers {
  /** Variables of the demo environment. */
  vars: Record<'pagerduty' | 'slack-ops' | 'slack-eng' | 'smtp', string>;
  told: Told[];
  stop(): Promise<void>;
}

export async function startReceivers(): Promise<Receivers> {
  const told: Told[] = [];
  const hear = (to: Told['to'], what: string): void => void told.push({ at: Date.now(), to, what });
  const http = createServer((request, response) => {
    void textOf(request).then(
      (body) => {
        if (request.url === '/pagerduty') {
          const event = JSON.parse(body) as { event_action: string; dedup_key: string; payload?: { summary?: string } };
          hear('PagerDuty', `${event.event_action}: ${event.payload?.summary ?? event.dedup_key}`);
          response.writeHead(202, { 'content-type': 'application/json' });
          response.end(JSON.stringify({ status: 'success', message: 'Event processed', dedup_key: event.dedup_key }));
          return;
        }
        const { text = '' } = JSON.parse(body) as { text?: string };
        hear(request.url === '/slack/eng' ? 'Slack #eng' : 'Slack #ops', asSlackShowsIt(firstLine(text)));
        response.end('ok');
      },
      () => response.destroy()
    );
  });
  http.listen(0, LOOPBACK);
  await once(http, 'listening');
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      void textOf(stream)
        .then((mail) => PostalMime.parse(mail))
        .then(
          ({ subject = 'no subject' }) => {
            const to = session.envelope.rcptTo.map(({ address }) => address).join(', ');
            hear('mail', `${subject} (to ${to})`);
            done();
          },
          (error: unknown) => done(error instanceof Error ? error : new Error(String(error)))
        );
    },
  });
  const listening = smtp.listen(0, LOOPBACK);
  await once(listening, 'listening');
  const url = `http://${LOOPBACK}:${portOf(http.address())}`;
  return {
    vars: {
      pagerduty: `${url}/pagerduty`,
      'slack-ops': `${url}/slack/ops`,
      'slack-eng': `${url}/slack/eng`,
      smtp: `${LOOPBACK}:${portOf(listening.address())}`,
    },
    told,
    async stop() {
      http.closeAllConnections();
      http.close();
      await new Promise<void>((resolve) => smtp.close(resolve));
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== 'object' || address === null) throw new Error('a receiver has no port');
  return address.port;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Slack takes three characters as entities. */
function asSlackShowsIt(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
