import { type Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Path } from './components.js';
import type { Measurements } from './measurements.js';
import type { Random } from './random.js';
import { overallPath } from './request-scope.js';
import { type ChatReply, isSoundReply, type ServerFrame, textOf } from './wire.js';

const MAX_OUTSTANDING = 8;
const RECONNECT_MS = { from: 8_000, to: 12_000 };
const REQUEST_TIMEOUT_MS = 15_000;
const ASKS = [
  'search the handbook for',
  'search the handbook on',
  'write a report on',
  'export the billing of',
] as const;
const TOPICS = ['onboarding', 'travel', 'the last quarter', 'security training', 'project Osprey', 'holidays'] as const;

export interface LoadClientOptions {
  url: string;
  user: string;
  agent: Agent;
  random: Random;
  measurements: Measurements;
  /** Milliseconds between two messages, on average. */
  interval: number;
}

/** One simulated user: a WebSocket connection that receives events, and messages sent at a steady pace over HTTP. */
export class LoadClient {
  readonly #options: LoadClientOptions;
  readonly #stop = new AbortController();
  #socket: WebSocket | null = null;
  #outstanding = 0;

  constructor(options: LoadClientOptions) {
    this.#options = options;
  }

  /** Connects, then runs until stopped. @returns when the first connection is open @throws Error when it is refused */
  async start(): Promise<void> {
    await this.#connect();
    void this.#repeat(this.#options.interval / 2, this.#options.interval * 1.5, () => this.#send());
    void this.#repeat(RECONNECT_MS.from, RECONNECT_MS.to, () => this.#reconnect());
  }

  stop(): void {
    this.#stop.abort();
    this.#leave(this.#socket);
  }

  /** Acts again and again after a random pause; the first one may be short, so that the users do not march in step. */
  async #repeat(from: number, to: number, act: () => void): Promise<void> {
    const { signal } = this.#stop;
    let shortest = 0;
    while (!signal.aborted) {
      await sleep(this.#options.random.between(shortest, to), undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) act();
      shortest = from;
    }
  }

  /** Opens a new connection before it leaves the old one, so that no event falls between the two. */
  #reconnect(): void {
    const old = this.#socket;
    // A refusal is measured by the platform; this user keeps the connection it has.
    this.#connect().then(
      () => this.#leave(old),
      () => undefined
    );
  }

  #connect(): Promise<void> {
    const { url, user, measurements } = this.#options;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/events?user=${user}`);
    socket.on('message', (data) => {
      const frame = JSON.parse(textOf(data)) as ServerFrame;
      if (frame.frame === 'event') measurements.delivery.received(frame.event, user);
    });
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('open', () => {
        if (this.#stop.signal.aborted) return socket.terminate();
        measurements.delivery.clientOpened(user);
        this.#socket = socket;
        resolve();
      });
    });
  }

  #leave(socket: WebSocket | null): void {
    if (socket === null) return;
    this.#options.measurements.delivery.clientClosed(this.#options.user);
    socket.close();
  }

  /** Sends one message. The pace does not wait for answers, or slow answers would hide themselves by being few. */
  #send(): void {
    const { random } = this.#options;
    const message = `${random.pick(ASKS)} ${random.pick(TOPICS)}`;
    if (this.#outstanding >= MAX_OUTSTANDING) return;
    this.#outstanding += 1;
    this.#post(message)
      .then((answer) => this.#judge(message, answer))
      .catch(() => {
        if (!this.#stop.signal.aborted) this.#record(false, 'legacy');
      })
      .finally(() => {
        this.#outstanding -= 1;
      });
  }

  #judge(message: string, answer: { status: number; body: unknown }): void {
    const { paths } = answer.body as Pick<ChatReply, 'paths'>;
    const sound = answer.status === 200 && isSoundReply(answer.body as ChatReply, this.#options.user, message);
    this.#record(sound, overallPath(paths));
  }

  #record(sound: boolean, path: Path): void {
    this.#options.measurements.goldenPath.record(sound, path);
    this.#options.measurements.quality.record(sound, path);
  }

  #post(message: string): Promise<{ status: number; body: unknown }> {
    const { url, user, agent } = this.#options;
    return new Promise((resolve, reject) => {
      const outgoing = request(
        `${url}/chat`,
        { method: 'POST', agent, timeout: REQUEST_TIMEOUT_MS, signal: this.#stop.signal },
        (incoming) => {
          let text = '';
          incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          incoming.once('error', reject);
          incoming.once('end', () => {
            try {
              resolve({ status: incoming.statusCode ?? 0, body: JSON.parse(text) });
            } catch (error) {
              reject(error);
            }
          });
        }
      );
      outgoing.once('timeout', () => outgoing.destroy(new Error('no answer')));
      outgoing.once('error', reject);
      outgoing.end(JSON.stringify({ user, message }));
    });
  }
}
