import type { IncomingMessage } from 'node:http';
import { readPagerDuty } from '../../plan/pagerduty.js';
import { listen, type Listening } from '../../worker/listen.js';
import { cleanDeep, cleanLine, safeJson } from '../render/clean.js';
import { hasToken, isSigned } from './authority.js';
import { Room, withBody } from './body.js';
import { hearAlertmanager, type HearOptions } from './hear-alertmanager.js';
import { letPass, limitedServer, plainLimits, type Limits } from './limits.js';
import { parseBody, reply, type Reply } from './reply.js';
import { isAway } from './tell-runs.js';

export interface ReceiverOptions extends HearOptions {
  host: string;
  port: number;
  /** Every request must have it. */
  token: string;
  /** Of PagerDuty's webhook subscription: then its requests must also be signed. */
  pagerDutySecret?: string;
  limits?: Limits;
}

/**
 * Hears what other systems say: `POST /alertmanager` (webhook version 4) and `POST /pagerduty` (webhook version 3).
 * 200 says what became of it; 400 a body that is none, 401 no or another token or signature, 404 a run that is not open,
 * 503 that Temporal is away or too much comes at once, so that the sender tries again.
 *
 * @throws PhasegateError PG409 when the port cannot be had
 */
export async function startReceiver(options: ReceiverOptions): Promise<Listening> {
  const room = new Room();
  const { limits = plainLimits, log } = options;
  const server = limitedServer(
    limits,
    (request, response) => {
      void answer(request, { ...options, limits }, room).then(({ status, body, logged = body }) => {
        const scheme = status === 401 ? { 'www-authenticate': 'Bearer' } : {};
        response.writeHead(status, { 'content-type': 'application/json', ...scheme }).end(`${safeJson(body)}\n`);
        const line = cleanLine(`${request.method ?? ''} ${pathOf(request).slice(0, 100)} ${status}`);
        log[status < 400 ? 'info' : 'warn'](cleanDeep(logged), line);
      });
    },
    (line) => log.warn(line)
  );
  return listen(server, {
    host: options.host,
    port: options.port,
    who: 'the receiver',
    options: { host: '--host', port: '--port' },
    portHint: 'Name another port: --port 9096; --port 0 takes any that is free.',
  });
}

async function answer(
  request: IncomingMessage,
  options: ReceiverOptions & { limits: Limits },
  room: Room
): Promise<Reply> {
  const refuse = (status: number, why: string): Reply => {
    letPass(request, options.limits);
    return reply(status, why);
  };
  try {
    const path = pathOf(request);
    // Whoever has no token does not learn what is here.
    if (!hasToken(request.headers.authorization, options.token))
      return refuse(401, 'no token, or another: send that of --token as "Authorization: Bearer TOKEN"');
    const hear = path === '/alertmanager' ? alertmanager : path === '/pagerduty' ? pagerDuty : undefined;
    if (!hear) return refuse(404, 'there is nothing here: post to /alertmanager or /pagerduty');
    if (request.method !== 'POST') return refuse(405, `${path} takes only POST`);
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
