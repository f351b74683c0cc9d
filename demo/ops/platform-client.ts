import { z } from 'zod';
import { CannotTell } from './outcome.js';

const TIMEOUT_MS = 8_000;

const errorSchema = z.object({ error: z.string() });

export interface Reply {
  status: number;
  json: unknown;
}

/** The platform's address from the environment. @throws CannotTell when it is missing */
export function platformUrl(): string {
  const url = process.env['PLATFORM_URL'];
  if (url === undefined || url === '') throw new CannotTell('PLATFORM_URL is not set; it names the chat platform');
  return url.replace(/\/$/, '');
}

/** Calls the platform and reads its JSON answer, whatever its status. @throws CannotTell when there is none in 8 s */
export async function call(
  method: 'GET' | 'PUT' | 'POST',
  path: string,
  options: { body?: unknown; headers?: Record<string, string> } = {}
): Promise<Reply> {
  const { body, headers = {} } = options;
  const url = `${platformUrl()}${path}`;
  try {
    const response = await fetch(url, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, json: await response.json() };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
    throw new CannotTell(`${method} ${url} was not answered (${String(error)}${cause})`);
  }
}

/** A GET whose answer must have this shape. @throws CannotTell for any other answer */
export async function read<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const reply = await call('GET', path);
  const parsed = schema.safeParse(reply.json);
  if (reply.status !== 200 || !parsed.success) {
    throw new CannotTell(`GET ${path} answered ${reply.status}: ${errorText(reply)}`);
  }
  return parsed.data;
}

/** What went wrong, in the platform's words. */
export function errorText({ json }: Reply): string {
  const parsed = errorSchema.safeParse(json);
  return parsed.success ? parsed.data.error : JSON.stringify(json).slice(0, 200);
}
