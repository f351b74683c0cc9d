import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { z } from 'zod';

const MAX_BODY_BYTES = 64 * 1024;
const JSON_TYPE = 'application/json; charset=utf-8';

export interface Answer {
  status: number;
  /** A text is sent as it is, anything else as JSON. */
  body: unknown;
  type?: string;
}

export interface Call {
  /** The parts of the path that the route left open. */
  params: Record<string, string>;
  headers: IncomingHttpHeaders;
  remoteAddress: string;
  /** The parsed JSON body. @throws BadRequest */
  body: <T>(schema: z.ZodType<T>) => Promise<T>;
}

export interface Route {
  method: 'GET' | 'PUT' | 'POST';
  /** A path with `:name` for an open part. */
  path: string;
  handle(call: Call): Answer | Promise<Answer>;
}

/** A request that its sender has to change. */
export class BadRequest extends Error {}

/** An HTTP server over a fixed list of routes. Errors are answered as JSON `{error}`. */
export function createHttpServer(routes: readonly Route[]): Server {
  return createServer((request, response) => {
    respond(routes, request)
      .then((answer) => send(response, answer))
      .catch((error: unknown) => {
        process.stderr.write(
          `${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}\n`
        );
        send(response, { status: 500, body: { error: 'internal error' } });
      });
  });
}

async function respond(routes: readonly Route[], request: IncomingMessage): Promise<Answer> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  const matching = routes.flatMap((route) => {
    const params = match(route.path, path);
    return params === null ? [] : [{ route, params }];
  });
  const found = matching.find(({ route }) => route.method === request.method);
  if (found === undefined) {
    const status = matching.length === 0 ? 404 : 405;
    return { status, body: { error: `no ${request.method} ${path} here` } };
  }
  try {
    return await found.route.handle({
      params: found.params,
      headers: request.headers,
      remoteAddress: request.socket.remoteAddress ?? '',
      body: (schema) => readBody(request, schema),
    });
  } catch (error) {
    if (error instanceof BadRequest) return { status: 400, body: { error: error.message } };
    throw error;
  }
}

function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = value;
    else if (part !== value) return null;
  }
  return params;
}

async function readBody<T>(request: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > MAX_BODY_BYTES) throw new BadRequest(`the body has more than ${MAX_BODY_BYTES} characters`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new BadRequest('the body is not JSON');
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new BadRequest(z.prettifyError(parsed.error));
  return parsed.data;
}

function send(response: ServerResponse, { status, body, type = JSON_TYPE }: Answer): void {
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`;
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text);
}
