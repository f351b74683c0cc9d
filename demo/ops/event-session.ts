import { WebSocket } from 'ws';
import {
  type ChatEvent,
  type ChatReply,
  EVENT_TYPES,
  type ServerFrame,
  serverFrameSchema,
  textOf,
} from '../platform/wire.js';
import { SMOKE_HEADER } from './chat-api.js';
import { CannotTell, check, CheckFailed } from './outcome.js';
import { platformUrl } from './platform-client.js';

const OPEN_WITHIN_MS = 5_000;
const DELIVERED_WITHIN_MS = 1_000;

type Frame<K extends ServerFrame['frame']> = Extract<ServerFrame, { frame: K }>;

/** A user's WebSocket connection, which remembers everything it receives and when. */
export class EventSession {
  readonly user: string;
  readonly #socket: WebSocket;
  readonly #frames: ServerFrame[] = [];
  readonly #receivedAt = new Map<string, number>();
  readonly #waiting = new Set<() => void>();

  /** @throws CheckFailed when the platform refuses the connection @throws CannotTell when nobody answers */
  static async open(user: string, headers: Record<string, string> = SMOKE_HEADER): Promise<EventSession> {
    const url = `${platformUrl().replace('http', 'ws')}/events?user=${encodeURIComponent(user)}`;
    const socket = new WebSocket(url, { headers, handshakeTimeout: OPEN_WITHIN_MS });
    const session = new EventSession(user, socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('unexpected-response', (_, response) => {
        reject(new CheckFailed(`the WebSocket connection of ${user} was refused with status ${response.statusCode}`));
      });
      socket.once('error', (error) => reject(new CannotTell(`no WebSocket connection to ${url}: ${error.message}`)));
    });
    return session;
  }

  private constructor(user: string, socket: WebSocket) {
    this.user = user;
    this.#socket = socket;
    // Later errors show as frames that do not come.
    socket.on('error', () => undefined);
    socket.on('message', (data) => {
      this.#receive(textOf(data));
      for (const wake of this.#waiting) wake();
    });
  }

  send(frame: { frame: 'ping'; id: string } | { frame: 'chat'; id: string; message: string }): void {
    this.#socket.send(JSON.stringify(frame));
  }

  /** The first frame of the kind that fits, already there or still to come. @throws CheckFailed when it does not come in time */
  async frame<K extends ServerFrame['frame']>(
    kind: K,
    what: string,
    fits: (frame: Frame<K>) => boolean,
    within: number = DELIVERED_WITHIN_MS
  ): Promise<Frame<K>> {
    const deadline = performance.now() + within;
    for (;;) {
      const found = this.#frames.find((frame): frame is Frame<K> => frame.frame === kind && fits(frame as Frame<K>));
      if (found !== undefined) return found;
      const refused = this.#frames.find((frame) => frame.frame === 'error');
      check(refused === undefined, `${this.user} received an error instead of ${what}: ${refused?.error}`);
      const left = deadline - performance.now();
      check(left > 0, `${this.user} did not receive ${what} within ${within} ms`);
      await this.#nextFrame(left);
    }
  }

  /** When the event arrived, in milliseconds on the clock of `performance.now()`; undefined when it did not. */
  receivedAt(event: ChatEvent): number | undefined {
    return this.#receivedAt.get(event.id);
  }

  /** All events of the answered request arrive here within a second, in order, and every event here is the user's own. */
  async expectEvents(reply: ChatReply): Promise<ChatEvent[]> {
    for (const { id, type } of reply.events)
      await this.frame('event', `its ${type} event`, ({ event }) => event.id === id);
    const received = this.#frames.flatMap((frame) => (frame.frame === 'event' ? [frame.event] : []));
    const foreign = received.find((event) => event.owner !== this.user);
    check(foreign === undefined, `${this.user} received a ${foreign?.type} event with data of ${foreign?.owner}`);
    const own = received.filter((event) => event.requestId === reply.requestId);
    const types = own.map((event) => event.type).join(', ');
    check(types === EVENT_TYPES.join(', '), `${this.user} received the events ${types}, not ${EVENT_TYPES.join(', ')}`);
    return own;
  }

  close(): void {
    this.#socket.terminate();
  }

  #receive(text: string): void {
    const parsed = serverFrameSchema.safeParse(JSON.parse(text));
    const frame = parsed.data ?? { frame: 'error', id: null, error: `unknown frame ${text.slice(0, 200)}` };
    if (frame.frame === 'event') this.#receivedAt.set(frame.event.id, performance.now());
    this.#frames.push(frame);
  }

  #nextFrame(within: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, within);
      this.#waiting.add(wake);
    });
  }
}
