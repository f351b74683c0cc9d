import { describe, expect, it } from 'vitest';
import { Room, withBody } from '../../../src/client/receive/body.js';
import type { Reply } from '../../../src/client/receive/reply.js';

const path = '/alertmanager';
const heard = (body: string): Promise<Reply> => Promise.resolve({ status: 200, body: { body } });

/** A body that comes in these parts; an error in its place breaks it off. */
async function* parts(...all: Array<string | Error>): AsyncIterable<Buffer> {
  for (const part of all) {
    if (typeof part !== 'string') throw part;
    yield Buffer.from(part);
  }
}

describe('the body of a request', () => {
  it('is heard as a whole, also where a character lies in two parts', async () => {
    const [first, second] = [Buffer.from('ü').subarray(0, 1), Buffer.from('ü').subarray(1)];
    const body = (async function* () {
      yield first;
      yield second;
    })();
    expect(await withBody(body, { room: new Room(), path }, heard)).toEqual({ status: 200, body: { body: 'ü' } });
  });

  it('of a sender that hangs up is heard by nobody, and leaves its room to others', async () => {
    const room = new Room(10);
    const broken = parts('12345678', new Error('aborted'));
    expect(await withBody(broken, { room, path }, () => Promise.reject(new Error('heard')))).toEqual({
      status: 400,
      body: { error: 'the body of POST /alertmanager has no end: the sender hung up, or took too long' },
    });
    expect(await withBody(parts('1234567890'), { room, path }, heard)).toMatchObject({ status: 200 });
  });

  it('that is refused leaves its room to others at once, however slowly the rest comes', async () => {
    const room = new Room(10);
    let end: () => void = () => undefined;
    const slow = (async function* () {
      yield Buffer.from('12345678');
      yield Buffer.from('12345678');
      await new Promise<void>((resolve) => (end = resolve));
    })();
    const refused = withBody(slow, { room, path }, heard);
    for (let hops = 0; hops < 20; hops++) await Promise.resolve();
    expect(await withBody(parts('1234567890'), { room, path }, heard)).toMatchObject({ status: 200 });
    end();
    expect(await refused).toMatchObject({ status: 503 });
  });

  it('has no room beside others that are not answered yet: it is to come again, and then has', async () => {
    const room = new Room(10);
    let answer: (reply: Reply) => void = () => undefined;
    let slow: Promise<Reply> | undefined;
    await new Promise<void>((begun) => {
      const hear = (): Promise<Reply> => new Promise((resolve) => begun(void (answer = resolve)));
      slow = withBody(parts('1234', '5678'), { room, path }, hear);
    });
    expect(await withBody(parts('12', '3', '4'), { room, path }, heard)).toEqual({
      status: 503,
      body: { error: 'too much is posted at once: send it again' },
    });
    expect(await withBody(parts('12'), { room, path }, heard)).toMatchObject({ status: 200 });
    answer({ status: 200, body: {} });
    await slow;
    expect(await withBody(parts('12', '3', '4'), { room, path }, heard)).toMatchObject({ status: 200 });
  });
});
