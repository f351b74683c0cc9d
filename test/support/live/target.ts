import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A scrape target whose one gauge, `success`, the test sets: the smallest real service that Prometheus can watch. */
export interface Target {
  url: string;
  set(value: number): void;
  close(): Promise<void>;
}

export async function startTarget(): Promise<Target> {
  let value = 1;
  const server = createServer((_, response) => {
    response
      .writeHead(200, { 'content-type': 'text/plain; version=0.0.4' })
      .end(`# TYPE success gauge\nsuccess ${value}\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/metrics`,
    set: (next) => {
      value = next;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
