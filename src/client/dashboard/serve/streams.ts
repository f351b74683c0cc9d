import type { ServerResponse } from 'node:http';
import { buildBoard } from '../board.js';
import type { BoardId, RangeId } from '../document.js';
import { Feed } from '../feed.js';
import type { Look } from '../look.js';
import type { Seen } from '../seen.js';

export interface StreamsOptions {
  look: Pick<Look, 'look'>;
  /** Between two readings. */
  everyMs: number;
  now: () => number;
  /** How commands in texts are typed here. Default: as they stand. */
  asCalled?: (text: string) => string;
  /** Told of a reading that failed. */
  failed: (error: unknown) => void;
}

/** More than this is no team, and each holds a connection. */
const mostViewers = 200;

/** A run that has ended changes no more, but for what is still left to do. */
const slower = 5;

/** The open pages: each gets the board that it shows, made once for all that show the same. */
export class Streams {
  private readonly options: StreamsOptions;
  private readonly feed: Feed<Seen>;
  private readonly open = new Map<ServerResponse, RangeId>();
  private made: { of: Seen; texts: Map<string, string> } | undefined;

  constructor(options: StreamsOptions) {
    this.options = options;
    const { look, everyMs, failed } = options;
    this.feed = new Feed({
      read: () => look.look([...new Set(this.open.values())]),
      everyMs: (latest) => (latest?.snapshot.run.outcome ? everyMs * slower : everyMs),
      failed,
    });
  }

  /** Keeps a response open and tells it what is new, until it is closed. */
  add(response: ServerResponse, board: BoardId, range: RangeId): void {
    if (this.open.size >= mostViewers) {
      response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '30' });
      return void response.end('too many pages are open\n');
    }
    // A proxy that gathers what comes would keep the news to itself.
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
    response.write('retry: 2000\n\n');
    if (![...this.open.values()].includes(range)) this.feed.hurry();
    this.open.set(response, range);
    const leave = this.feed.subscribe((seen) => {
      // Who reads slowly gets the newest later, not everything.
      if (!response.writableNeedDrain) response.write(this.text(seen, board, range));
    });
    response.once('close', () => {
      leave();
      this.open.delete(response);
    });
  }

  close(): void {
    this.feed.stop();
    for (const response of this.open.keys()) response.end();
  }

  private text(seen: Seen, board: BoardId, range: RangeId): string {
    if (this.made?.of !== seen) this.made = { of: seen, texts: new Map() };
    const { texts } = this.made;
    const key = `${board} ${range}`;
    const known = texts.get(key);
    if (known !== undefined) return known;
    const { now, asCalled = (line: string) => line } = this.options;
    const document = buildBoard({ ...seen, now: now() }, board, range);
    document.head.sentence = asCalled(document.head.sentence);
    document.head.problems = document.head.problems.map(asCalled);
    const text = `event: board\ndata: ${JSON.stringify(document)}\n\n`;
    texts.set(key, text);
    return text;
  }
}
