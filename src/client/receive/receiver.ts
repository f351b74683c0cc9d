import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readAlertmanager, type Default } from '../../plan/alertmanager.js';
import { PhasegateError } from '../../plan/errors.js';
import { readPagerDuty } from '../../plan/pagerduty.js';
import { hasToken, isSigned } from './authority.js';
import { isAway, type Runs } from './tell-runs.js';

export interface ReceiverOptions {
  host: string;
  port: number;
  /** Every request must have it. */
  token: string;
  /** Of PagerDuty's webhook subscription: then its requests must also be signed. */
  pagerDutySecret?: string;
  defaults: Default;
  runs: Runs;
  /** One line for each request that said something or was refused. */
  log: (line: string) => void;
}

export interface Receiver {
  url: string;
  close(): Promise<void>;
}

interface Reply {
  status: number;
  body: object;
}

const mostBytes = 2 * 1024 * 1024;

/**
 * Hears what other systems say: `POST /alertmanager` (webhook version 4) and `POST /pagerduty` (webhook version 3).
 * 200 says what became of it; 400 a body that is none, 401 no or another token or signature, 404 a run that is not open,
 * 503 that Temporal is away, so that the sender tries again.
 *
 * @throws PhasegateError PG409 when the port cannot be had
 */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const server = createServer((request, response) => {
    void answer(request, options).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
      options.log(`${request.method ?? ''} ${pathOf(request)} ${status} ${JSON.stringify(body)}`);
    });
  });
  server.requestTimeout = 30_000;
  server.listen(options.port, options.host);
  await once(server, 'listening').catch((error: unknown) => {
    throw new PhasegateError('PG409', `the receiver cannot listen on ${options.host}, port ${options.port}`, {
      where: '--port',
      hint: 'Name a free port, or leave it out: then a free one is taken.',
      cause: error,
    });
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

async function answer(request: IncomingMessage, options: ReceiverOptions): Promise<Reply> {
  try {
    const path = pathOf(request);
    // Whoever has no token does not learn what is here.
    if (!hasToken(request.headers.authorization, options.token)) {
      request.resume();
      return reply(401, 'no token, or another: send it as "Authorization: Bearer TOKEN"');
    }
    const hear = path === '/alertmanager' ? alertmanager : path === '/pagerduty' ? pagerDuty : undefined;
    if (!hear) return reply(404, 'post to /alertmanager or /pagerduty');
    if (request.method !== 'POST') return reply(405, 'only POST');
    const body = await textOf(request);
    if (body === undefined) return reply(413, `more than ${mostBytes} bytes`);
    return await hear(body, request, options);
  } catch (error) {
    if (isAway(error)) return reply(503, error instanceof Error ? error.message : String(error));
    options.log(`unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return reply(500, 'unexpected error, see the log of the receiver');
  }
}

type Hear = (body: string, request: IncomingMessage, options: ReceiverOptions) => Promise<Reply>;

const alertmanager: Hear = async (body, _, { runs, defaults }) => {
  const read = readAlertmanager(parse(body), defaults);
  if (!read.ok) return reply(400, read.problem);
  const results = await Promise.all(
    read.told.map(async (told) => {
      if (!('run' in told)) return told;
      const { run, trouble } = told;
      return { run, key: trouble.dedupKey, result: await runs.trouble(run, trouble) };
    })
  );
  // All of them are told first: one that cannot be is no reason to lose the others.
  const problems = results.flatMap((one) => ('problem' in one ? [one.problem] : []));
  const unknown = results.flatMap((one) => ('run' in one && one.result === 'unknown' ? [one.run] : []));
  const said = { alerts: results };
  if (problems.length > 0) return { status: 400, body: { error: problems.join('; '), ...said } };
  if (unknown.length === 0) return { status: 200, body: said };
  return { status: 404, body: { error: `no run is open: ${[...new Set(unknown)].join(', ')}`, ...said } };
};

const pagerDuty: Hear = async (body, request, { runs, pagerDutySecret }) => {
  const signature = request.headers['x-pagerduty-signature'];
  if (pagerDutySecret !== undefined && !isSigned(String(signature ?? ''), body, pagerDutySecret))
    return reply(401, 'the signature is missing or another: is it the secret of this subscription?');
  const read = readPagerDuty(parse(body));
  if (!read.ok) return reply(400, read.problem);
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

function reply(status: number, error: string): Reply {
  return { status, body: { error } };
}

function pathOf(request: IncomingMessage): string {
  return request.url?.split('?')[0] ?? '';
}

/** Undefined when it is no JSON, which no webhook is. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

async function textOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length <= mostBytes) chunks.push(chunk as Buffer);
  }
  return length > mostBytes ? undefined : Buffer.concat(chunks).toString();
}
