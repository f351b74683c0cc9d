import type {
  ApplyInput,
  BaselineInput,
  CaptureInput,
  UndoInput,
  WindowInput,
} from '../../../src/activities/contract.js';
import type { Change, LedgerEntry, TargetState } from '../../../src/plan/change.js';
import { startWindow } from '../../../src/plan/judge.js';
import { targetOf } from '../../../src/plan/ledger.js';
import type { Task } from './engine/execution.js';
import { refusal } from './engine/failures.js';
import type { Ending } from './engine/little-temporal.js';

/** How an activity goes; `lost` has its effect, but the answer never arrives. */
export const fortunes = ['good', 'bad', 'unclear', 'error', 'lost'] as const;
export type Fortune = (typeof fortunes)[number];

const verdicts = { good: 'PASS', bad: 'FAIL', unclear: 'HOLD' } as const;
const failed: Ending = { failure: refusal('the target does not answer', 'PG301') };

/** FAKE: the targets of a run, and an account of every effect. Activities end as they are told to. */
export class ModelWorld {
  /** Ids of entries whose undo was reported as done, in order. */
  readonly undone: string[] = [];
  /** Run id of a rollback -> the entries that it tried to undo, in the order of their first tries. */
  readonly tried = new Map<string, LedgerEntry[]>();
  private readonly states = new Map<string, { now: TargetState; first: TargetState }>();
  private stored = 0;
  private captured = 0;

  /** Targets that are not as they were at the start. */
  get changed(): string[] {
    const moved = [...this.states].filter(([, { now, first }]) => JSON.stringify(now) !== JSON.stringify(first));
    return moved.map(([target]) => target);
  }

  /** Whether a target is as a change asks for. */
  isInForce(change: Change): boolean {
    const state = this.state(targetOf(change));
    if (change.type === 'deploy') return state.type === 'deploy' && state.revision === change.revision;
    return state.type === 'flag' && state.enabled === change.enabled && state.percent === change.percent;
  }

  /** Activities that no test needs to decide about. */
  instant({ type, input }: Task): Ending | undefined {
    switch (type) {
      case 'recordEvidence':
        return { result: this.store() };
      case 'acquireLocks':
        return { result: { granted: true } };
      case 'closeCleanup':
        return { result: { removed: [] } };
      case 'releaseLocks':
        return { result: null };
      case 'captureBaseline': {
        const values = Object.fromEntries((input as BaselineInput).metrics.map((metric) => [metric, 1]));
        return { result: { at: 0, values, missing: {}, evidence: this.store() } };
      }
      default:
        return undefined;
    }
  }

  /** Ends an activity with this fortune, and does to the targets what it did. */
  end({ type, input, execution }: Task, fortune: Fortune): Ending {
    if (type === 'captureChange') {
      if (fortune !== 'good') return failed;
      return { result: this.capture(input as CaptureInput, execution.identity.runId) };
    }
    if (type === 'applyChange') this.apply((input as ApplyInput).entry, fortune);
    if (type === 'undoChange') return this.undo(input as UndoInput, fortune, execution.identity.runId);
    if (type === 'verifyIdentity') {
      if (fortune === 'good') return { result: { accepted: true, how: 'identity' } };
      return fortune === 'bad' ? { result: { accepted: false, reason: 'not believed' } } : failed;
    }
    if (fortune === 'error' || fortune === 'lost') return failed;
    if (type === 'watchWindow') return { result: this.window(input as WindowInput, fortune) };
    const words = { reason: `${type} says ${fortune}`, found: fortune, endedAt: 0, evidence: this.store() };
    return { result: { verdict: verdicts[fortune], ...words } };
  }

  /** A person puts back by hand what an entry changed. */
  restore({ before }: LedgerEntry): void {
    this.set(before);
  }

  /** Captures and applies a change as the phase of an earlier day did. */
  change(asked: Omit<CaptureInput, 'environment'>): LedgerEntry {
    const entry = this.capture(asked, 'earlier');
    this.apply(entry, 'good');
    return entry;
  }

  private apply({ change }: LedgerEntry, fortune: Fortune): void {
    if (fortune !== 'good' && fortune !== 'lost') return;
    const before = this.state(targetOf(change));
    if (change.type === 'flag' && before.type === 'flag') {
      this.set({ ...before, enabled: change.enabled, percent: change.percent });
    } else if (change.type === 'deploy') {
      this.set({ type: 'deploy', target: change.target, revision: change.revision });
    }
  }

  private undo({ entry }: UndoInput, fortune: Fortune, rollback: string): Ending {
    const before = this.tried.get(rollback) ?? [];
    if (before.every(({ id }) => id !== entry.id)) this.tried.set(rollback, [...before, entry]);
    if (fortune === 'good' || fortune === 'lost') this.set(entry.before);
    if (fortune !== 'good') return failed;
    this.undone.push(entry.id);
    const found = { changed: true, state: entry.before, reason: 'restored', endedAt: 0, evidence: this.store() };
    return { result: { entryId: entry.id, ...found } };
  }

  private capture(asked: Omit<CaptureInput, 'environment'>, runId: string): LedgerEntry {
    const { origin, phase, step, attempt, change, cannotUndo } = asked;
    return {
      id: origin.address,
      phase,
      step,
      attempt,
      title: origin.title,
      change,
      before: this.state(targetOf(change)),
      // Two workers by turns, the clock of the first ahead of the other's.
      capturedAt: (this.captured += 1) % 2 === 1 ? 30_000 : 0,
      runId,
      idempotencyKey: `${origin.run}/${origin.address}`,
      ...(cannotUndo === undefined ? {} : { cannotUndo }),
    };
  }

  private window({ spec, t0, untilRecovered }: WindowInput, fortune: 'good' | 'bad' | 'unclear'): object {
    const verdict = untilRecovered && fortune === 'good' ? undefined : verdicts[fortune];
    const held = verdict === 'HOLD' ? { verdict, hold: { cause: 'data', sinceK: 3 } } : {};
    const told = { reason: `the window says ${fortune}`, startedAt: t0, endedAt: 0, samples: 10, criteria: [] };
    const state = { ...startWindow(spec, t0), ...held };
    return { ...(verdict === undefined ? {} : { verdict }), ...told, state, evidence: this.store() };
  }

  private state(target: string): TargetState {
    return this.states.get(target)?.now ?? original(target);
  }

  private set(state: TargetState): void {
    const target = state.type === 'flag' ? `flag/${state.key}` : `deploy/${state.target}`;
    this.states.set(target, { now: state, first: this.states.get(target)?.first ?? original(target) });
  }

  private store(): { digest: string; bytes: number } {
    this.stored += 1;
    return { digest: `sha256:${this.stored.toString(16).padStart(8, '0').padEnd(64, 'f')}`, bytes: 1 };
  }
}

function original(target: string): TargetState {
  const [type, name = ''] = target.split('/');
  if (type === 'deploy') return { type: 'deploy', target: name, revision: 'v1' };
  return { type: 'flag', key: name, exists: true, enabled: false, percent: 0, include: [] };
}
