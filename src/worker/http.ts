import { createServer, type Server } from 'node:http';
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import { listen, type Listening } from './listen.js';

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
}): Promise<Listening> {
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
  return listen(server, {
    host: options.host,
    port: options.port,
    who: 'the health endpoint',
    options: { host: '--health-host', port: '--health-port' },
    portHint: 'Name a free port, or leave it out: then a free one is taken.',
  });
}
