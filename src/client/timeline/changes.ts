import type { Gate, PhaseStatus } from '../../plan/run-status.js';
import type { RunSnapshot, Trouble } from '../read/snapshot.js';
import { partOf, timeline, type RunEvent } from './timeline.js';

/** Finds what is new from one snapshot to the next, also what no single snapshot can tell. */
export class Changes {
  private readonly seen = new Set<string>();
  private held = new Map<string, Gate>();
  private noWorker = false;
  private unpolled = false;
  private away = false;

  /** @param now epoch ms, for what has no instant of its own */
  take(snapshot: RunSnapshot, now: number): RunEvent[] {
    const events = [...timeline(snapshot), ...this.recovered(snapshot)];
    const fresh = events.filter((event) => !this.seen.has(event.key));
    for (const event of fresh) this.seen.add(event.key);
    return [...fresh, ...this.inTrouble(snapshot, now), ...this.reached(snapshot, now)];
  }

  /** What keeps failing for one reason is told once, however often it is tried. */
  private inTrouble({ troubles }: RunSnapshot, at: number): RunEvent[] {
    return troubles.flatMap((trouble) => {
      const { workflowId, activity, reason } = trouble;
      const key = `trouble:${workflowId}:${activity}:${reason}`;
      if (this.seen.has(key)) return [];
      this.seen.add(key);
      const about = partOf(workflowId);
      return [{ key, at, about, state: 'failing' as const, text: `${troubleText(trouble)}; it is tried again` }];
    });
  }

  /** A HOLD whose data came back closes without anybody's decision: its step just runs again. */
  private recovered({ phases, noWorker, at }: RunSnapshot): RunEvent[] {
    // Without a worker no gate is shown, whether it is open or not.
    if (noWorker !== undefined) return [];
    const open = new Map(phases.flatMap((phase) => phase.gates.filter(isHold).map((gate) => [keyOf(gate), gate])));
    const gone = [...this.held.values()].filter((gate) => !open.has(keyOf(gate)));
    this.held = open;
    return gone.flatMap((gate) => {
      const step = stepAt(phases, gate.address);
      if (step?.state !== 'running') return [];
      const text = `${gate.title}: goes on${step.reason === undefined ? '' : ` (${step.reason})`}`;
      return [{ key: `${keyOf(gate)}:recovered`, at, about: gate.address, state: 'running' as const, text }];
    });
  }

  private reached({ noWorker, unpolled, away }: RunSnapshot, now: number): RunEvent[] {
    const events: RunEvent[] = [];
    const tell = (state: RunEvent['state'], text: string): void => {
      events.push({ key: `run:${state}:${now}`, at: now, about: 'run', state, text });
    };
    if (away !== undefined && !this.away) tell('no server', `${away}; it is tried again`);
    if (away === undefined && this.away) tell('server', 'the server answers again');
    if (noWorker !== undefined && !this.noWorker) tell('no worker', noWorker);
    if (noWorker === undefined && this.noWorker) tell('worker', 'a worker answers again');
    if (unpolled !== undefined && !this.unpolled) tell('no worker', unpolled);
    if (unpolled === undefined && this.unpolled) tell('worker', 'a worker has what waited for one');
    this.away = away !== undefined;
    this.noWorker = noWorker !== undefined;
    this.unpolled = unpolled !== undefined;
    return events;
  }
}

/** Without saying that it is tried again. */
export function troubleText({ activity, attempt, reason }: Trouble): string {
  return `${activity} failed, attempt ${attempt}: ${reason}`;
}

function isHold(gate: Gate): boolean {
  return gate.kind === 'hold';
}

function keyOf(gate: Gate): string {
  return `${gate.address}:${gate.openedAt}`;
}

function stepAt(phases: readonly PhaseStatus[], address: string): PhaseStatus['steps'][number] | undefined {
  return phases.flatMap((phase) => phase.steps).find((step) => step.address === address);
}
