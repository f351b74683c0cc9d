import { reply, type Reply } from './reply.js';

/** Thousands of alerts with long annotations. */
const mostBytes = 16 * 1024 * 1024;

/** What the bodies of requests may hold together, from their first byte to their answer. */
export class Room {
  private left: number;

  constructor(bytes = 4 * mostBytes) {
    this.left = bytes;
  }

  take(bytes: number): boolean {
    if (bytes > this.left) return false;
    this.left -= bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.left += bytes;
  }
}

/**
 * Reads a body and gives it to `hear`. Whatever is refused is read to its end all the same: a sender that still writes
 * hears no answer.
 */
export async function withBody(
  request: AsyncIterable<unknown>,
  { room, path }: { room: Room; path: string },
  hear: (body: string) => Promise<Reply>
): Promise<Reply> {
  const chunks: Buffer[] = [];
  let length = 0;
  let held = 0;
  let refused: Reply | undefined;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (!refused && length > mostBytes) refused = tooLong(path);
      if (!refused && !room.take(chunk.length)) refused = tooMuch;
      if (refused) {
        chunks.length = 0;
        room.giveBack(held);
        held = 0;
      } else {
        held += chunk.length;
        chunks.push(chunk);
      }
    }
  } catch {
    refused = reply(400, `the body of POST ${path} has no end: the sender hung up, or took too long`);
  }
  try {
    return refused ?? (await hear(Buffer.concat(chunks.splice(0)).toString()));
  } finally {
    room.giveBack(held);
  }
}

function tooLong(path: string): Reply {
  const fewer = "have the sender post fewer at once, in Alertmanager by the route's group_by";
  return reply(413, `the body of POST ${path} has more than ${mostBytes / 1024 / 1024} MB: ${fewer}`);
}

const tooMuch = reply(503, 'too much is posted at once: send it again');
