import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { ChatService } from './chat-service.js';
import type { ComponentRuntime } from './component-runtime.js';
import { isUserId } from './directory.js';
import type { Measurements } from './measurements.js';
import type { RequestScope } from './request-scope.js';
import { sendFrame, type WebSocketExecutor } from './websocket-executor.js';
import { clientFrameSchema, textOf } from './wire.js';

const NAME = 'websocket-executor';
const MAX_FRAME_BYTES = 16 * 1024;

export interface EventsEndpointParts {
  runtime: ComponentRuntime;
  chat: ChatService;
  executor: WebSocketExecutor;
  measurements: Measurements;
}

/** Serves WebSocket connections at `/events?user=ID`: events to the user, pings and chat messages from the user. */
export function serveEvents(server: Server, parts: EventsEndpointParts): { close: () => void } {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    accept(sockets, parts, request, socket, head).catch((error: unknown) => {
      refuse(socket, 500, 'Internal Server Error');
      process.stderr.write(`WebSocket connection failed: ${String(error)}\n`);
    });
  });
  return {
    close: () => {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
    },
  };
}

async function accept(
  sockets: WebSocketServer,
  parts: EventsEndpointParts,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const user = url.searchParams.get('user') ?? '';
  if (url.pathname !== '/events') return refuse(socket, 404, 'Not Found');
  if (!isUserId(user)) return refuse(socket, 400, 'Bad Request');
  await parts.runtime.whenServing();
  const scope = parts.chat.scopeOf({ user, message: '', smoke: request.headers['x-smoke'] !== undefined });
  const path = scope.paths[NAME];
  try {
    scope.failIfBroken(NAME);
  } catch {
    parts.measurements.connections.record(false, path);
    return refuse(socket, 503, 'Service Unavailable');
  }
  sockets.handleUpgrade(request, socket, head, (client) => {
    parts.measurements.connections.record(true, path);
    converse(client, scope, parts);
  });
}

function converse(client: WebSocket, scope: RequestScope, parts: EventsEndpointParts): void {
  const spoiled = () => scope.smoke && scope.suffers('failed-smoke', NAME);
  client.on('error', () => client.terminate());
  client.on('message', (data) => {
    answer(client, scope, parts, data, spoiled()).catch((error: unknown) => {
      sendFrame(client, { frame: 'error', id: null, error: String(error) });
    });
  });
  parts.executor.connect(scope.user, client);
  const user = spoiled() ? 'undefined' : scope.user;
  sendFrame(client, { frame: 'hello', user, revision: parts.runtime.revision, path: scope.paths[NAME] });
}

async function answer(
  client: WebSocket,
  scope: RequestScope,
  parts: EventsEndpointParts,
  data: RawData,
  spoiled: boolean
): Promise<void> {
  const parsed = clientFrameSchema.safeParse(parseJson(data));
  if (!parsed.success) {
    const error = 'expected {"frame":"ping","id":TEXT} or {"frame":"chat","id":TEXT,"message":TEXT}';
    return sendFrame(client, { frame: 'error', id: null, error });
  }
  const frame = parsed.data;
  if (frame.frame === 'ping') return sendFrame(client, { frame: 'pong', id: spoiled ? 'undefined' : frame.id });
  const outcome = await parts.chat.chat({ user: scope.user, message: frame.message, smoke: scope.smoke });
  if (outcome.ok) sendFrame(client, { frame: 'reply', id: frame.id, reply: outcome.reply });
  else sendFrame(client, { frame: 'error', id: frame.id, error: outcome.error });
}

function parseJson(data: RawData): unknown {
  try {
    return JSON.parse(textOf(data)) as unknown;
  } catch {
    return undefined;
  }
}

function refuse(socket: Duplex, status: number, reason: string): void {
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
