import { setMaxListeners } from 'node:events';
import { messageOf } from '../fail.js';
import type { Limiter } from './limiter.js';

export interface SourceRequest {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: string;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** An answer whatever its status, or why there was none. */
export type SourceAnswer = { ok: true; status: number; text: string } | { ok: false; reason: string };
type Broken = { ok: false; reason: string; broken: true };

export interface RequestTools {
  fetch: typeof fetch;
  limiter: Limiter;
}

const maxBytes = 4 * 1024 * 1024;
/** A kept-alive connection that the server closed just now: the request never reached it. */
const brokenConnection = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/**
 * Asks a metrics source: bounded in time and size, never redirected (headers may carry a token). A connection that broke
 * is tried once more.
 *
 * @throws the reason of the request's signal, and nothing else
 */
export async function askSource(tools: RequestTools, request: SourceRequest): Promise<SourceAnswer> {
  // Each request in flight listens to it: more than Node's ten are no leak.
  if (request.signal) setMaxListeners(0, request.signal);
  return tools.limiter(async () => {
    const answer = await attempt(tools.fetch, request);
    return 'broken' in answer ? attempt(tools.fetch, request) : answer;
  }, request.signal);
}

async function attempt(
  fetchFrom: typeof fetch,
  { method, url, headers, body, timeoutMs, signal }: SourceRequest
): Promise<SourceAnswer | Broken> {
  signal?.throwIfAborted();
  const stop = new AbortController();
  const cancel = (): void => stop.abort();
  signal?.addEventListener('abort', cancel, { once: true });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    stop.abort();
  }, timeoutMs);
  try {
    const init = { method, headers, redirect: 'manual', signal: stop.signal } as const;
    const response = await fetchFrom(url, body === undefined ? init : { ...init, body });
    const text = await boundedText(response);
    if (text !== undefined) return { ok: true, status: response.status, text };
    return { ok: false, reason: `the answer is larger than ${maxBytes / 1024 / 1024} MiB` };
  } catch (error) {
    signal?.throwIfAborted();
    if (timedOut) return { ok: false, reason: `no answer within ${timeoutMs / 1000}s` };
    const reason = messageOf(error);
    return isBroken(error) ? { ok: false, reason, broken: true } : { ok: false, reason };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  }
}

/** The body as text; undefined when it is too large. */
async function boundedText(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (response.body === null) return '';
  // Leaving the loop cancels the rest of the body.
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function isBroken(error: unknown): boolean {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && brokenConnection.has(String(cause.code));
}
