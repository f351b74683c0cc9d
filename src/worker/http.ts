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
 * @throws PhasegateError PG409 when the port cannot be had
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
    throw new PhasegateError('PG409', `the health endpoint cannot listen on port ${options.port}`, {
      where: '--health-port',
      hint: 'Name a free port, or leave it out: then a free one is taken.',
      cause: error,
    });
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
