import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { ComponentName } from './components.js';
import type { DeliveryTracker } from './delivery-tracker.js';
import type { RequestScope } from './request-scope.js';
import type { ChatEvent, EVENT_TYPES, ServerFrame } from './wire.js';

const NAME = 'websocket-executor';
const MISROUTED_SHARE = 0.3;
const LOST_SHARE = 0.6;

type EventType = (typeof EVENT_TYPES)[number];

/** Sends the events of one request to the user who made it. */
export interface EventEmitter {
  /** @param owner the user whose data the event carries */
  emit(type: EventType, source: ComponentName, owner: string, data: Record<string, unknown>): void;
  /** All events of the request so far, delivered or not. */
  readonly events: readonly ChatEvent[];
}

/** Knows the users' open WebSocket connections and delivers events to them. */
export class WebSocketExecutor {
  readonly #tracker: DeliveryTracker;
  readonly #connections = new Map<string, Set<WebSocket>>();

  constructor(tracker: DeliveryTracker) {
    this.#tracker = tracker;
  }

  connect(user: string, socket: WebSocket): void {
    const sockets = this.#connections.get(user) ?? new Set();
    this.#connections.set(user, sockets.add(socket));
    socket.once('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0) this.#connections.delete(user);
    });
  }

  connectionsOf(user: string): number {
    return this.#connections.get(user)?.size ?? 0;
  }

  /** Prepares delivery for a request. @throws ComponentError when that fails */
  async attach(scope: RequestScope): Promise<EventEmitter> {
    await scope.delayIfSlow(NAME);
    scope.failIfBroken(NAME);
    const events: ChatEvent[] = [];
    // New: the emitter is bound to its user once. Legacy: each event looks its user up in the shared registry again.
    const bound = this.#connections.get(scope.user);
    const isBound = () => scope.paths[NAME] === 'new' && bound !== undefined && bound.size > 0;
    const own = () => (isBound() ? bound : this.#connections.get(scope.user));
    return {
      events,
      emit: (type, source, owner, data) => {
        const event: ChatEvent = { id: randomUUID(), type, source, requestId: scope.id, owner, data };
        events.push(event);
        this.#deliver(scope, event, own() ?? new Set());
      },
    };
  }

  #deliver(scope: RequestScope, event: ChatEvent, sockets: ReadonlySet<WebSocket>): void {
    this.#tracker.expect(event, scope.user, scope.paths[NAME]);
    const lossy = scope.suffers('lost-events', NAME) || scope.suffers('lost-events', event.source);
    if (lossy && scope.random.chance(LOST_SHARE)) return;
    const astray = scope.suffers('isolation-violation', NAME) && scope.random.chance(MISROUTED_SHARE);
    const targets = astray ? (this.#foreign(scope.user) ?? sockets) : sockets;
    const spoiled = scope.smoke && scope.suffers('failed-smoke', NAME);
    const sent = spoiled ? { ...event, type: 'undefined', data: {} } : event;
    for (const socket of targets) sendFrame(socket, { frame: 'event', event: sent });
  }

  #foreign(user: string): ReadonlySet<WebSocket> | undefined {
    for (const [other, sockets] of this.#connections) if (other !== user) return sockets;
    return undefined;
  }
}

/** Sends one frame; a socket that is closing no longer takes any. */
export function sendFrame(socket: WebSocket, frame: ServerFrame): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
}
