import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface StubRequest {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  /** The form of the body. */
  form: URLSearchParams;
}

export interface StubSource {
  url: string;
  requests: StubRequest[];
}

/** What a stub answers: a status and a body, or whatever the function does to the response. */
export type StubAnswer = { status?: number; body: string; headers?: Record<string, string> };
export type StubBehaviour = (
  request: StubRequest,
  response: ServerResponse
) => StubAnswer | undefined | Promise<StubAnswer | undefined>;

/** A STUB as `openStub` makes it, closed when the running test ends. */
export async function stubSource(behave: StubBehaviour): Promise<StubSource> {
  const { close, ...source } = await openStub(behave);
  onTestFinished(close);
  return source;
}

/**
 * A STUB of a metrics source on loopback, for what a real one cannot be made to do: garbage, delays, broken connections,
 * partial answers.
 */
export async function openStub(behave: StubBehaviour): Promise<StubSource & { close: () => Promise<void> }> {
  const requests: StubRequest[] = [];
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
    const { method = '', url = '', headers } = incoming;
    const request = { method, path: url, headers, form };
    requests.push(request);
    const answer = await behave(request, response);
    if (answer) response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
  };
  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, close };
}
