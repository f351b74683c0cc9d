import { effectiveState } from '../read/effective-state.js';
import { gatesOf } from '../read/gates.js';
import type { RunSnapshot } from '../read/snapshot.js';
import { cleanLine } from '../render/clean.js';
import type { Paint } from '../render/paint.js';
import { stateWords } from '../render/states.js';
import { untilText } from '../render/time.js';
import { Changes } from '../timeline/changes.js';
import { awaited } from '../../plan/text/sentences.js';

const heartbeatMs = 60_000;

/** One line per change, for logs and pipes; a line per minute proves that a quiet run is alive. */
export class PlainView {
  private readonly changes = new Changes();
  private readonly paint: Paint;
  private lastAt = 0;

  constructor(paint: Paint) {
    this.paint = paint;
  }

  lines(snapshot: RunSnapshot, now: number): string[] {
    const lines = this.changes
      .take(snapshot, now)
      .map((event) => this.line(event.at, event.about, stateWords(event.state, this.paint), event.text));
    if (lines.length === 0 && now - this.lastAt >= heartbeatMs && !snapshot.run.outcome)
      lines.push(this.stillLine(snapshot, now));
    if (lines.length > 0) this.lastAt = now;
    return lines;
  }

  private stillLine(snapshot: RunSnapshot, now: number): string {
    if (snapshot.away !== undefined) {
      return this.line(now, 'run', stateWords('no server', this.paint), `still tried: ${snapshot.away}`);
    }
    const [gate] = gatesOf(snapshot);
    const what = gate
      ? `still waiting for ${awaited(gate)} ${untilText(gate.deadlineAt, now)}, then ${gate.then}`
      : snapshot.run.sentence;
    return this.line(now, gate?.address ?? 'run', stateWords(effectiveState(snapshot), this.paint), what);
  }

  private line(at: number, about: string, state: string, text: string): string {
    return `${this.paint('dim', new Date(at).toISOString().slice(0, 19) + 'Z')}  ${about}  ${state}  ${cleanLine(text)}`;
  }
}
