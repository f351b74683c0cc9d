import { effectiveState } from '../read/effective-state.js';
import { gatesOf } from '../read/gates.js';
import type { RunSnapshot } from '../read/snapshot.js';
import { cleanLine } from '../render/clean.js';
import type { Paint } from '../render/paint.js';
import { stateWords } from '../render/states.js';
import { untilText } from '../render/time.js';
import { timeline, type RunEvent } from '../timeline/timeline.js';
import { oneOf } from '../../plan/text/spans.js';

const heartbeatMs = 60_000;

/** Finds what is new from one snapshot to the next. */
export class Changes {
  private readonly seen = new Set<string>();

  take(snapshot: RunSnapshot): RunEvent[] {
    const fresh = timeline(snapshot).filter((event) => !this.seen.has(event.key));
    for (const event of fresh) this.seen.add(event.key);
    return fresh;
  }
}

/** One line per change, for logs and pipes; a line per minute proves that a quiet run is alive. */
export class PlainView {
  private readonly changes = new Changes();
  private readonly paint: Paint;
  private lastAt = 0;
  private toldNoWorker = false;

  constructor(paint: Paint) {
    this.paint = paint;
  }

  lines(snapshot: RunSnapshot, now: number): string[] {
    const lines = this.changes
      .take(snapshot)
      .map((event) => this.line(event.at, event.about, stateWords(event.state, this.paint), event.text));
    const noWorker = snapshot.noWorker;
    if (noWorker !== undefined && !this.toldNoWorker)
      lines.push(this.line(now, 'run', this.paint('bad', '! no worker'), noWorker));
    if (noWorker === undefined && this.toldNoWorker)
      lines.push(this.line(now, 'run', this.paint('good', '✔ worker'), 'a worker answers again'));
    this.toldNoWorker = noWorker !== undefined;
    if (lines.length === 0 && now - this.lastAt >= heartbeatMs && !snapshot.run.outcome)
      lines.push(this.stillLine(snapshot, now));
    if (lines.length > 0) this.lastAt = now;
    return lines;
  }

  private stillLine(snapshot: RunSnapshot, now: number): string {
    const [gate] = gatesOf(snapshot);
    const what = gate
      ? `still waiting for ${oneOf(gate.people)} ${untilText(gate.deadlineAt, now)}, then ${gate.then}`
      : snapshot.run.sentence;
    return this.line(now, gate?.address ?? 'run', stateWords(effectiveState(snapshot), this.paint), what);
  }

  private line(at: number, about: string, state: string, text: string): string {
    return `${this.paint('dim', new Date(at).toISOString().slice(0, 19) + 'Z')}  ${about}  ${state}  ${cleanLine(text)}`;
  }
}
