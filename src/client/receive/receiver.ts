import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PhasegateError } from '../../plan/errors.js';
import { readPagerDuty } from '../../plan/pagerduty.js';
import { cleanDeep, cleanLine, safeJson } from '../render/clean.js';
import { hasToken, isSigned } from './authority.js';
import { Room, withBody } from './body.js';
import { hearAlertmanager, type HearOptions } from './hear-alertmanager.js';
import { parseBody, reply, type Reply } from './reply.js';
import { isAway } from './tell-runs.js';

export interface ReceiverOptions extends HearOptions {
  host: string;
  port: number;
  /** Every request must have it. */
  token: string;
  /** Of PagerDuty's webhook subscription: then its requests must also be signed. */
  pagerDutySecret?: string;
}

export interface Receiver {
  url: string;
  close(): Promise<void>;
}

/**
 * Hears what other systems say: `POST /alertmanager` (webhook version 4) and `POST /pagerduty` (webhook version 3).
 * 200 says what became of it; 400 a body that is none, 401 no or another token or signature, 404 a run that is not open,
 * 503 that Temporal is away or too much comes at once, so that the sender tries again.
 *
 * @throws PhasegateError PG409 when the port cannot be had
 */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const room = new Room();
  const server = createServer((request, response) => {
    void answer(request, options, room).then(({ status, body, logged = body }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(`${safeJson(body)}\n`);
      const line = cleanLine(`${request.method ?? ''} ${pathOf(request).slice(0, 100)} ${status}`);
      options.log[status < 400 ? 'info' : 'warn'](cleanDeep(logged), line);
    });
  });
  server.requestTimeout = 30_000;
  server.listen(options.port, options.host);
  await once(server, 'listening').catch((error: unknown) => {
    throw cannotListen(options, error as NodeJS.ErrnoException);
  });
  const { address, family, port } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    async close() {
      server.close();
      // Nobody may keep it by half a request; what was read is answered, or sent again.
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function cannotListen({ host, port }: ReceiverOptions, cause: NodeJS.ErrnoException): PhasegateError {
  const what = `the receiver cannot listen on ${host}, port ${port}: ${cause.message}`;
  const isPort = cause.code === 'EADDRINUSE' || cause.code === 'EACCES';
  return new PhasegateError('PG409', what, {
    where: isPort ? '--port' : '--host',
    hint: isPort
      ? 'Name another port: --port 9096; --port 0 takes any that is free.'
      : 'Name an address of this machine: --host 127.0.0.1, or --host 0.0.0.0 for all of them.',
    cause,
  });
}

async function answer(request: IncomingMessage, options: ReceiverOptions, room: Room): Promise<Reply> {
  try {
    const path = pathOf(request);
    // Whoever has no token does not learn what is here.
    if (!hasToken(request.headers.authorization, options.token)) {
      request.resume();
      return reply(401, 'no token, or another: send that of --token as "Authorization: Bearer TOKEN"');
    }
    const hear = path === '/alertmanager' ? alertmanager : path === '/pagerduty' ? pagerDuty : undefined;
    if (!hear) return reply(404, 'there is nothing here: post to /alertmanager or /pagerduty');
    if (request.method !== 'POST') return reply(405, `${path} takes only POST`);
    return await withBody(request, { room, path }, (body) => hear(body, request, options));
  } catch (error) {
    if (isAway(error)) return reply(503, error instanceof Error ? error.message : String(error));
    options.log.error({ err: error }, 'unexpected error');
    return reply(500, 'unexpected error, see the log of the receiver');
  }
}

type Hear = (body: string, request: IncomingMessage, options: ReceiverOptions) => Promise<Reply>;

const alertmanager: Hear = (body, _, options) => hearAlertmanager(body, options);

const pagerDuty: Hear = async (body, request, { runs, pagerDutySecret }) => {
  const signature = request.headers['x-pagerduty-signature'];
  if (pagerDutySecret !== undefined && !isSigned(String(signature ?? ''), body, pagerDutySecret))
    return reply(401, 'X-PagerDuty-Signature is missing or wrong: is --pagerduty-secret that of this subscription?');
  const parsed = parseBody(body, '/pagerduty', "PagerDuty's webhook subscription sends (version 3)");
  if ('refused' in parsed) return parsed.refused;
  const read = readPagerDuty(parsed.raw);
  if (!read.ok) return reply(400, `${read.problem}; send what PagerDuty's webhook sends, as docs/alerts.md shows`);
  if ('ignored' in read) return { status: 200, body: { ignored: read.ignored } };
  const { message } = read.acknowledged;
  const result =
    'run' in read.acknowledged
      ? await runs.acknowledgedPage(read.acknowledged.run, message)
      : await runs.acknowledged(read.acknowledged.alert, message);
  const what = 'run' in read.acknowledged ? message.page : read.acknowledged.alert;
  // PagerDuty switches off a webhook that fails too often, and an alert that is closed needs nobody.
  if (result === 'unknown') return { status: 200, body: { ignored: `${what} is not open` } };
  return { status: 200, body: { acknowledged: what, by: message.by } };
};

function pathOf(request: IncomingMessage): string {
  return request.url?.split('?')[0] ?? '';
}
