import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';

/** What anybody who gets to the port may cost, with a token or without: those who have something to say are few, and quick. */
export interface Limits {
  /** At once; more are hung up on. */
  connections: number;
  /** Until the head of a request is there, from the connection on; milliseconds. */
  headMs: number;
  /** Until all of a request is there; milliseconds. */
  requestMs: number;
  /** How often the two are looked at; milliseconds. */
  everyMs: number;
  /** Of what is sent and not read, such as the body of a request without a token. */
  unreadBytes: number;
}

export const plainLimits: Limits = {
  connections: 256,
  headMs: 10_000,
  requestMs: 30_000,
  everyMs: 2_000,
  unreadBytes: 1024 * 1024,
};

/** One line is enough for a flood. */
const tellEveryMs = 60_000;

/** @param tell what an operator should know, at most once a minute */
export function limitedServer(
  { connections, headMs, requestMs, everyMs }: Limits,
  listener: RequestListener,
  tell: (line: string) => void
): Server {
  const times = { headersTimeout: headMs, requestTimeout: requestMs, connectionsCheckingInterval: everyMs };
  const server = createServer(times, listener);
  server.maxConnections = connections;
  let told = -Infinity;
  server.on('drop', () => {
    if (Date.now() - told < tellEveryMs) return;
    told = Date.now();
    tell(`hung up on connections: ${connections} are open already; who keeps them without a request loses them`);
  });
  return server;
}

/** Lets what nobody wants to know go by, so that the sender hears the answer; who goes on sending is hung up on. */
export function letPass(request: IncomingMessage, { unreadBytes }: Limits): void {
  const { socket } = request;
  const most = socket.bytesRead + unreadBytes;
  // The request itself tells no more of its body once it is answered.
  const count = (): void => void (socket.bytesRead > most && socket.destroy());
  socket.on('data', count);
  request.once('close', () => socket.off('data', count));
  request.resume();
}
