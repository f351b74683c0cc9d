import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { now } from './clock.js';

/** A STUB of PagerDuty's Events API on loopback that stamps what comes in. */
export interface Pager {
  url: string;
  /** Epoch ms of each event that triggers something. */
  pages: number[];
  close(): Promise<void>;
}

export async function startPager(): Promise<Pager> {
  const pages: number[] = [];
  const server = createServer((request, response) => {
    const at = now();
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const event = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { event_action?: string; dedup_key?: string };
      if (event.event_action === 'trigger') pages.push(at);
      response.writeHead(202, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: 'success', dedup_key: event.dedup_key }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/enqueue`,
    pages,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
