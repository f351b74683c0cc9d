import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PhasegateError } from '../plan/errors.js';
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';

export interface WorkerHttp {
  url: string;
  close(): Promise<void>;
}

/**
 * `/healthz` (alive), `/readyz` (polling) and `/metrics` (this process; the SDK has an endpoint of its own).
 *
 * @throws PhasegateError PG409 when it cannot listen there
 */
export async function serveHealth(options: {
  host: string;
  port: number;
  registry: Registry;
  ready: () => boolean;
  /** What the answers say of this worker. */
  about: () => object;
}): Promise<WorkerHttp> {
  const { registry } = options;
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'phasegate_worker_ready',
    help: '1 while the worker polls its task queues',
    registers: [registry],
    collect() {
      this.set(options.ready() ? 1 : 0);
    },
  });
  const server: Server = createServer((request, response) => {
    const answer = (status: number, body: string, type = 'application/json'): void => {
      response.writeHead(status, { 'content-type': type }).end(body);
    };
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET') return answer(405, '{"error":"only GET"}');
    if (path === '/healthz') return answer(200, JSON.stringify({ status: 'alive', ...options.about() }));
    if (path === '/readyz')
      return answer(options.ready() ? 200 : 503, JSON.stringify({ ready: options.ready(), ...options.about() }));
    if (path !== '/metrics') return answer(404, '{"error":"try /healthz, /readyz or /metrics"}');
    void registry.metrics().then(
      (text) => answer(200, text, registry.contentType),
      (error: unknown) => answer(500, JSON.stringify({ error: String(error) }))
    );
  });
  server.listen(options.port, options.host);
  await once(server, 'listening').catch((error: unknown) => {
    throw cannotListen(options, error as NodeJS.ErrnoException);
  });
  const { address, family, port } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function cannotListen({ host, port }: { host: string; port: number }, cause: NodeJS.ErrnoException): PhasegateError {
  const isPort = cause.code === 'EADDRINUSE' || cause.code === 'EACCES';
  const what = `the health endpoint cannot listen on ${host}, port ${port}: ${cause.message}`;
  return new PhasegateError('PG409', what, {
    where: isPort ? '--health-port' : '--health-host',
    hint: isPort
      ? 'Name a free port, or leave it out: then a free one is taken.'
      : 'Name an address of this machine: --health-host 127.0.0.1, or --health-host 0.0.0.0 for all of them.',
    cause,
  });
}
