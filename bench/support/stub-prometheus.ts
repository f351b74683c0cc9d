import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { now } from './clock.js';

/** One question of a window, as it came in. */
export interface Asked {
  query: string;
  /** Epoch ms of the instants that it was about; several for a range query. */
  instants: number[];
  /** Epoch ms. */
  at: number;
}

/**
 * A STUB of the Prometheus API on loopback: it costs next to nothing, so that what is measured is phasegate, and it
 * stamps each question and each answer. The value of every series is `value(query)`.
 */
export interface StubPrometheus {
  url: string;
  asked: Asked[];
  value: (query: string) => number;
  /** Called as an answer goes out. */
  onAnswer: ((query: string, value: number, at: number) => void) | undefined;
  close(): Promise<void>;
}

export async function startStubPrometheus(): Promise<StubPrometheus> {
  const server = createServer((request, response) => {
    void bodyOf(request).then(
      (body) => answer(new URLSearchParams(body), response),
      () => response.destroy()
    );
  });
  const answer = (form: URLSearchParams, response: ServerResponse): void => {
    const at = now();
    const query = form.get('query') ?? '';
    const instants = instantsOf(form);
    stub.asked.push({ query, instants, at });
    const value = stub.value(query);
    const points = instants.map((instant) => [instant / 1000, String(value)]);
    const result = form.has('time')
      ? { resultType: 'vector', result: [{ metric: {}, value: points[0] }] }
      : { resultType: 'matrix', result: [{ metric: {}, values: points }] };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ status: 'success', data: result }));
    stub.onAnswer?.(query, value, now());
  };
  const stub: StubPrometheus = {
    url: '',
    asked: [],
    value: () => 1,
    onAnswer: undefined,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return stub;
}

function instantsOf(form: URLSearchParams): number[] {
  const ms = (name: string): number => Math.round(Number(form.get(name)) * 1000);
  if (form.has('time')) return [ms('time')];
  const instants: number[] = [];
  for (let instant = ms('start'); instant <= ms('end'); instant += ms('step')) instants.push(instant);
  return instants;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
