import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { plainLimits, type Limits } from '../../../src/client/receive/limits.js';
import { startReceiver } from '../../../src/client/receive/receiver.js';
import type { Runs } from '../../../src/client/receive/tell-runs.js';
import type { Listening } from '../../../src/worker/listen.js';
import { createLogger } from '../../../src/worker/logger.js';
import { until } from '../../support/until.js';

const token = 'canary-token-0123456789';
const head = 'POST /alertmanager HTTP/1.1\r\nHost: x\r\n';
const nobody = (): never => {
  throw new Error('no run is told of any of this');
};
const runs: Runs = {
  open: nobody,
  guardedSince: nobody,
  trouble: nobody,
  acknowledged: nobody,
  acknowledgedPage: nobody,
};

let receiver: Listening;
let sockets: Socket[] = [];
let lines: string[] = [];

async function start(limits: Partial<Limits>): Promise<void> {
  lines = [];
  const destination = new Writable({ write: (chunk, _, done) => (lines.push(String(chunk)), done()) });
  const log = createLogger({ level: 'info', destination });
  // Never by the clock of the machine, which may be slow, unless a test is about time.
  const long = { ...plainLimits, headMs: 3_600_000, requestMs: 3_600_000, everyMs: 10 };
  receiver = await startReceiver({
    host: '127.0.0.1',
    port: 0,
    token,
    runs,
    defaults: {},
    log,
    limits: { ...long, ...limits },
  });
}

/** A sender of bytes, and what it has heard. */
async function sender(): Promise<{ socket: Socket; heard: () => string; closed: Promise<unknown> }> {
  const { hostname, port } = new URL(receiver.url);
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk)));
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await Promise.race([once(socket, 'connect'), closed]);
  return { socket, heard: () => text, closed };
}

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await receiver.close();
});

describe('the receiver', () => {
  it.each([
    ['says nothing', ''],
    ['never ends its head', head],
    ['never ends its head, token or not', `${head}Authorization: Bearer ${token}\r\n`],
  ])('hangs up on who %s', async (_, text) => {
    await start({ headMs: 50 });
    const { socket, heard, closed } = await sender();
    socket.write(text);
    await closed;
    expect(heard()).not.toContain('200');
    expect(heard()).not.toContain('canary');
  });

  it('hangs up on who never ends a body', async () => {
    await start({ headMs: 50, requestMs: 100 });
    const { socket, closed } = await sender();
    socket.write(`${head}Authorization: Bearer ${token}\r\nContent-Length: 99\r\n\r\n{`);
    await closed;
    await until('the line', () => lines.length > 0);
    expect(lines.join('')).toContain('took too long');
  });

  it('has so many at once and no more, says so once, and hears the next when one has gone', async () => {
    await start({ connections: 2 });
    const [first] = [await sender(), await sender()];
    for (const one of [await sender(), await sender()]) await one.closed;
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: 40, msg: expect.stringContaining('2 are open already') as string },
    ]);
    first.socket.destroy();
    await until('there is room', async () => {
      const next = await sender();
      next.socket.write(`${head}Content-Length: 0\r\n\r\n`);
      await Promise.race([next.closed, until('an answer', () => next.heard() !== '')]);
      return next.heard().startsWith('HTTP/1.1 401');
    });
  });

  it.each([
    ['no token', '', 401],
    ['another token', 'Authorization: Bearer other-token-0123456789\r\n', 401],
    ['nothing to say here', `Authorization: Bearer ${token}\r\n`, 404],
  ])('answers who has %s before the body has ended, and reads no body without an end', async (_, header, status) => {
    await start({ unreadBytes: 100_000 });
    const { socket, heard, closed } = await sender();
    socket.write(
      `${head.replace('/alertmanager', status === 404 ? '/elsewhere' : '/alertmanager')}${header}Transfer-Encoding: chunked\r\n\r\n`
    );
    await until('the answer', () => heard().includes('}'));
    expect(heard()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(/www-authenticate: Bearer/i.test(heard())).toBe(status === 401);
    // Nothing but what has been said already: no token, no run, no path that there is.
    expect(heard() + lines.join('')).not.toMatch(/canary|other-token|migration/);
    const chunk = `2710\r\n${'x'.repeat(10_000)}\r\n`;
    const flood = (): void => void (socket.writable && socket.write(chunk, flood));
    flood();
    await closed;
  });
});
