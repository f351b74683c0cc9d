import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A scrape target whose gauges the test sets: the smallest real service that Prometheus can watch. */
export interface Target {
  url: string;
  /** Default: the gauge `success`. */
  set(value: number, gauge?: string): void;
  close(): Promise<void>;
}

/** @param more gauges beside `success`; each begins as 1 */
export async function startTarget(more: readonly string[] = []): Promise<Target> {
  const values = new Map(['success', ...more].map((gauge) => [gauge, 1]));
  const server = createServer((_, response) => {
    const lines = [...values].map(([gauge, value]) => `# TYPE ${gauge} gauge\n${gauge} ${value}\n`);
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(lines.join(''));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/metrics`,
    set: (value, gauge = 'success') => {
      values.set(gauge, value);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
