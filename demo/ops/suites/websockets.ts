import { chatThrough, expectSound } from '../chat-api.js';
import { EventSession } from '../event-session.js';
import { check } from '../outcome.js';
import type { Suite } from './suite.js';

const MESSAGE = 'search the handbook for realtime events';
const ANSWERED_WITHIN_MS = 5_000;

/** A connection opens, and the platform greets the user by name. */
export const wsConnect: Suite = (user) => withSession(user, (session) => greeting(session));

/** The events of a request reach the user who made it, and nobody else's do. */
export const wsDelivery: Suite = (user) =>
  withSession(user, async (session) => {
    const events = await session.expectEvents(await chatThrough(user, MESSAGE));
    return `${events.length} events delivered`;
  });

/** The user can speak over the connection too: a ping comes back, and a message is answered. */
export const wsBidirectional: Suite = (user) =>
  withSession(user, async (session) => {
    session.send({ frame: 'ping', id: 'ping-1' });
    await session.frame('pong', 'the pong to its ping', ({ id }) => id === 'ping-1');
    session.send({ frame: 'chat', id: 'chat-1', message: MESSAGE });
    const { reply } = await session.frame(
      'reply',
      'the reply to its message',
      ({ id }) => id === 'chat-1',
      ANSWERED_WITHIN_MS
    );
    expectSound(reply, user, MESSAGE);
    await session.expectEvents(reply);
    return 'ping and message answered over the connection';
  });

/** Two connections of one user both get the events, and one that was closed does not disturb the other. */
export const wsIntegration: Suite = (user) =>
  withSession(user, async (first) => {
    await withSession(user, async (second) => {
      const reply = await chatThrough(user, MESSAGE);
      await first.expectEvents(reply);
      await second.expectEvents(reply);
      return '';
    });
    await first.expectEvents(await chatThrough(user, MESSAGE));
    return 'events reached two connections, then the one that stayed';
  });

/** Events arrive while the request still runs, not after it. */
export const realtime: Suite = (user) =>
  withSession(user, async (session) => {
    await greeting(session);
    const reply = await chatThrough(user, MESSAGE);
    const answeredAt = performance.now();
    const events = await session.expectEvents(reply);
    const early = events.filter((event) => (session.receivedAt(event) ?? Infinity) < answeredAt);
    check(early.length > 0, 'the first event arrived only after the answer');
    return `${events.length} events, ${early.length} of them before the answer`;
  });

async function greeting(session: EventSession): Promise<string> {
  const hello = await session.frame('hello', 'a greeting', () => true);
  check(hello.user === session.user, `the connection of ${session.user} was greeted as ${hello.user}`);
  return `connected through ${hello.revision} on the ${hello.path} path`;
}

async function withSession(user: string, test: (session: EventSession) => Promise<string>): Promise<string> {
  const session = await EventSession.open(user);
  try {
    return await test(session);
  } finally {
    session.close();
  }
}
