import type { Counter, Histogram } from 'prom-client';
import type { Path } from './components.js';
import { GAUGE_SPAN, monotonicSeconds, type TwinCounter } from './metric-kinds.js';
import type { ChatEvent } from './wire.js';

/** An event counts as delivered in time when its addressee's client has it within this many seconds. */
const IN_TIME = 1;
const FORGET_AFTER = 10;

interface Expected {
  addressee: string;
  path: Path;
  sentAt: number;
  latency: number | null;
}

export interface DeliveryInstruments {
  sent: Counter;
  delivered: Counter;
  deliveredInTime: Counter;
  latency: Histogram;
  violations: TwinCounter;
}

/**
 * Measures delivery and isolation end to end: the server says what it means to deliver and to whom, the clients say
 * what arrived. Only users with a reporting client are expected, since nobody could tell for the others.
 */
export class DeliveryTracker {
  readonly #instruments: DeliveryInstruments;
  readonly #reporting = new Map<string, number>();
  readonly #expected = new Map<string, Expected>();
  readonly #affected = new Set<string>();

  constructor(instruments: DeliveryInstruments) {
    this.#instruments = instruments;
  }

  /** A client of this user is connected and reports what it receives. */
  clientOpened(user: string): void {
    this.#reporting.set(user, (this.#reporting.get(user) ?? 0) + 1);
  }

  clientClosed(user: string): void {
    const left = (this.#reporting.get(user) ?? 0) - 1;
    if (left > 0) this.#reporting.set(user, left);
    else this.#reporting.delete(user);
  }

  /** The platform is about to deliver the event to its addressee. */
  expect(event: ChatEvent, addressee: string, path: Path): void {
    if (!this.#reporting.has(addressee)) return;
    this.#forget();
    this.#expected.set(event.id, { addressee, path, sentAt: monotonicSeconds(), latency: null });
    this.#instruments.sent.inc({ path });
  }

  /** A client has received the event; somebody else's data, or somebody else's event, is a violation. */
  received(event: ChatEvent, client: string): void {
    const expected = this.#expected.get(event.id);
    const addressee = expected?.addressee ?? client;
    if (event.owner !== client || addressee !== client) {
      this.#instruments.violations.increment();
      this.#affected.add(event.owner === client ? addressee : event.owner);
    }
    // The second connection of a user who is just reconnecting gets the event too.
    if (expected === undefined || addressee !== client || expected.latency !== null) return;
    expected.latency = monotonicSeconds() - expected.sentAt;
    const { path } = expected;
    this.#instruments.delivered.inc({ path });
    if (expected.latency <= IN_TIME) this.#instruments.deliveredInTime.inc({ path });
    this.#instruments.latency.observe({ path }, expected.latency);
  }

  /** Of the events that have had their second: the share that arrived, and that arrived in time (0 to 1). */
  rates(): { delivered: number; inTime: number } | undefined {
    const settled = this.#sentBetween(GAUGE_SPAN + IN_TIME, IN_TIME);
    if (settled.length === 0) return undefined;
    const share = (test: (latency: number) => boolean) =>
      settled.filter((event) => event.latency !== null && test(event.latency)).length / settled.length;
    return { delivered: share(() => true), inTime: share((latency) => latency <= IN_TIME) };
  }

  /** Users whose data, or whose event, has reached somebody else since the start. */
  affectedUsers(): number {
    return this.#affected.size;
  }

  /** Mean seconds from sending to reception, of what was sent in the last seconds and has arrived. */
  meanLatency(): number | undefined {
    const latencies = this.#sentBetween(GAUGE_SPAN, 0).flatMap((event) => event.latency ?? []);
    if (latencies.length === 0) return undefined;
    return latencies.reduce((sum, latency) => sum + latency, 0) / latencies.length;
  }

  #sentBetween(oldest: number, newest: number): Expected[] {
    const now = monotonicSeconds();
    return [...this.#expected.values()].filter((event) => now - event.sentAt <= oldest && now - event.sentAt >= newest);
  }

  #forget(): void {
    const oldest = monotonicSeconds() - FORGET_AFTER;
    for (const [id, event] of this.#expected) {
      if (event.sentAt > oldest) return;
      this.#expected.delete(id);
    }
  }
}
