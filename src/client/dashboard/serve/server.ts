import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PhasegateError } from '../../../plan/errors.js';
import { boardIds, rangeIds, type BoardId, type RangeId } from '../document.js';
import type { Asset } from './assets.js';
import { inAddress, isExpectedHost } from './hosts.js';
import { securityHeaders } from './security-headers.js';
import type { Streams } from './streams.js';
import type { Door } from './token.js';

export interface DashboardServer {
  url: string;
  close(): Promise<void>;
}

export interface ServeOptions {
  host: string;
  /** Other names under which it is reached, such as a proxy's. */
  names: readonly string[];
  /** Tried in their order; 0 is any free one. */
  ports: readonly number[];
  door: Door;
  assets: ReadonlyMap<string, Asset>;
  streams: Streams;
}

/**
 * Serves the pages and what they show. It only reads: whatever is not a GET is refused.
 *
 * @throws PhasegateError PG430 when none of the ports can be had
 */
export async function serveDashboard(options: ServeOptions): Promise<DashboardServer> {
  const { host, ports, streams } = options;
  const server = createServer((request, response) => answer(options, request, response));
  let problem: unknown;
  for (const port of ports) {
    server.listen(port, host);
    problem = await once(server, 'listening').then(
      () => undefined,
      (error: unknown) => error
    );
    if (problem === undefined) break;
  }
  if (problem !== undefined) throw refused(host, ports, problem);
  return {
    url: `http://${inAddress(host)}:${(server.address() as AddressInfo).port}`,
    async close() {
      streams.close();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function refused(host: string, [port = 0]: readonly number[], cause: unknown): PhasegateError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  const why =
    code === 'EADDRINUSE' ? 'the port is in use' : cause instanceof Error ? cause.message : 'the reason is unknown';
  return new PhasegateError('PG430', `the dashboard cannot listen on ${inAddress(host)}:${port}: ${why}`, {
    where: code === 'EADDRINUSE' || code === 'EACCES' ? '--port' : '--host',
    cause,
  });
}

function answer(options: ServeOptions, request: IncomingMessage, response: ServerResponse): void {
  const { host, names, door, assets, streams } = options;
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
  const text = (status: number, body: string): void => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${body}\n`);
  };
  const file = (name: string, status = 200): void => {
    const asset = assets.get(name);
    if (!asset) return text(404, 'no such page');
    response.writeHead(status, { 'content-type': asset.type, 'cache-control': 'no-cache' }).end(asset.body);
  };
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return text(405, 'this dashboard only shows: nothing can be sent to it');
  }
  if (!isExpectedHost(request.headers.host, host, names)) {
    return text(421, 'this dashboard does not answer to that name: use its address, or start it with --name NAME');
  }
  const url = urlOf(request);
  if (!url) return text(400, 'no address of a page');
  const { pathname } = url;
  // They hold nothing of any run.
  const asset = /^\/assets\/([a-z]+\.(?:js|css|svg))$/.exec(pathname)?.[1];
  if (asset !== undefined) return file(asset);
  if (pathname === '/enter') {
    if (!door.hasToken(request)) return text(401, 'wrong token');
    response.setHeader('set-cookie', door.cookie(request));
    return text(200, 'come in');
  }
  if (!door.isOpen(request)) {
    response.setHeader('www-authenticate', 'Bearer realm="phasegate dashboard"');
    return pathname === '/events' ? text(401, 'a token is required') : file('enter.html', 401);
  }
  if (pathname === '/') return void response.writeHead(302, { location: '/executive' }).end();
  if (pathname === '/events') {
    const board = oneOf(boardIds, url.searchParams.get('board'));
    const range = oneOf(rangeIds, url.searchParams.get('range'));
    if (!board || !range) return text(400, `board is ${boardIds.join(', ')}; range is ${rangeIds.join(', ')}`);
    if (request.method === 'HEAD') return void response.writeHead(200).end();
    return streams.add(response, board, range);
  }
  if (boardIds.some((board) => pathname === `/${board}`)) return file('index.html');
  text(404, 'no such page: try /executive, /engineering or /operations');
}

/** Node passes on whatever stands in the request: `//` is no URL. */
function urlOf({ url = '/' }: IncomingMessage): URL | undefined {
  return URL.canParse(url, base) ? new URL(url, base) : undefined;
}

const base = 'http://dashboard';

function oneOf<T extends BoardId | RangeId>(known: readonly T[], given: string | null): T | undefined {
  return known.find((one) => one === given);
}
