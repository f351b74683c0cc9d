import { messageOf } from '../fail.js';

export interface HttpRequest {
  url: string;
  method: string;
  headers?: Record<string, string>;
  body?: string;
  timeoutMs: number;
  /** Bytes of the answer that are read at most; default 64 KiB. */
  limit?: number;
  /** Cancels the request. */
  signal?: AbortSignal;
}

export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
  /** The answer was longer than the limit. */
  truncated: boolean;
}

/** No answer, or none that could be read to its end: refused, timed out, no such host, broken TLS. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  /** What had come when the rest did not. */
  readonly head?: Pick<HttpAnswer, 'status' | 'headers'>;

  constructor(message: string, options: ErrorOptions & { head?: Pick<HttpAnswer, 'status' | 'headers'> } = {}) {
    super(message, options);
    if (options.head) this.head = options.head;
  }
}

const defaultLimit = 64 * 1024;

/**
 * One HTTP request with a time limit over all of it, a bounded answer, and no redirect followed (the 3xx is the answer).
 *
 * @throws NoAnswer, with why in words; the signal's reason when it was cancelled
 */
export async function send(request: HttpRequest, fetchIt: typeof fetch): Promise<HttpAnswer> {
  const { url, method, headers, body, timeoutMs, limit = defaultLimit, signal } = request;
  const timeout = AbortSignal.timeout(timeoutMs);
  let head: Pick<HttpAnswer, 'status' | 'headers'> | undefined;
  try {
    const response = await fetchIt(url, {
      method,
      redirect: 'manual',
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
    });
    head = { status: response.status, headers: Object.fromEntries(response.headers) };
    return { ...head, ...(await readBody(response, limit)) };
  } catch (error) {
    signal?.throwIfAborted();
    const why = timeout.aborted ? `no answer within ${timeoutMs / 1000} s` : messageOf(error);
    throw new NoAnswer(why, { cause: error, ...(head ? { head } : {}) });
  }
}

async function readBody(response: Response, limit: number): Promise<{ body: string; truncated: boolean }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if (response.body !== null) {
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      length += value.length;
      if (length > limit) {
        await reader.cancel();
        break;
      }
    }
  }
  return { body: Buffer.concat(chunks).subarray(0, limit).toString(), truncated: length > limit };
}
