import { ApplicationFailure, Context } from '@temporalio/activity';
import type {
  CheckInput,
  EnvironmentActivities,
  Notification,
  WindowActivities,
  WindowInput,
  WindowResult,
} from '../../../src/activities/contract.js';
import type { Change, LedgerEntry, TargetState } from '../../../src/plan/change.js';
import { startWindow } from '../../../src/plan/judge.js';
import { targetOf } from '../../../src/plan/ledger.js';
import type { Verdict } from '../../../src/plan/judge-types.js';

export interface Effect {
  act: 'apply' | 'undo';
  target: string;
  to: string;
  key: string;
}

/** Activities that act in the world of the run that asks, so that a run which a test left open disturbs no other. */
export function onStage(worldOf: (asked: string) => World): {
  environment: EnvironmentActivities;
  windows: WindowActivities;
} {
  const acts = (input: unknown): ReturnType<World['activities']> => worldOf(JSON.stringify(input)).activities();
  const names = Object.keys(new World().activities().environment) as Array<keyof EnvironmentActivities>;
  const delegates = names.map((name) => [
    name,
    (input: never) => (acts(input).environment[name] as (given: never) => unknown)(input),
  ]);
  return {
    environment: Object.fromEntries(delegates) as EnvironmentActivities,
    windows: { watchWindow: (input) => acts(input).windows.watchWindow(input) },
  };
}

/**
 * FAKE: flags, deploy targets and metrics in memory, with a log of every effect. It stands in for the real systems
 * where a test is about the order and the rules of workflows; test/integration runs the real ones.
 */
export class World {
  readonly effects: Effect[] = [];
  readonly notes: Notification[] = [];
  readonly windows: WindowInput[] = [];
  readonly evidence = new Map<string, unknown>();
  private readonly states = new Map<string, TargetState>();

  /** What the next windows find, by address without attempt (`1a/window`); default PASS. May wait. */
  onWindow: (input: WindowInput, signal: AbortSignal) => Promise<Verdict | undefined> | Verdict | undefined = () =>
    'PASS';
  onCheck: (input: CheckInput) => Promise<Verdict> | Verdict = () => 'PASS';
  onApply: (entry: LedgerEntry) => Promise<void> | void = () => undefined;
  onUndo: (entry: LedgerEntry) => Promise<void> | void = () => undefined;
  missingBaseline: string[] = [];

  state(target: string): TargetState {
    const known = this.states.get(target);
    if (known) return known;
    const [type, name = ''] = target.split('/');
    return type === 'flag'
      ? { type: 'flag', key: name, exists: true, enabled: false, percent: 0, include: [] }
      : { type: 'deploy', target: name, revision: 'v1' };
  }

  /** Targets that are not as they were at the start. */
  changed(): string[] {
    return [...this.states.keys()].filter(
      (target) => JSON.stringify(this.states.get(target)) !== JSON.stringify(new World().state(target))
    );
  }

  activities(): { environment: EnvironmentActivities; windows: WindowActivities } {
    return {
      environment: {
        captureChange: async (input) => ({
          id: input.origin.address,
          phase: input.phase,
          step: input.step,
          attempt: input.attempt,
          title: input.origin.title,
          change: input.change,
          before: this.state(targetOf(input.change)),
          capturedAt: Date.now(),
          runId: Context.current().info.workflowExecution?.runId ?? '',
          idempotencyKey: `${input.origin.run}/${input.origin.address}`,
          ...(input.cannotUndo === undefined ? {} : { cannotUndo: input.cannotUndo }),
        }),
        applyChange: async ({ entry }) => {
          await this.onApply(entry);
          this.set(entry.change, entry.idempotencyKey);
          return { verdict: 'PASS', reason: 'applied', endedAt: Date.now(), evidence: this.store(entry) };
        },
        verifyChange: async ({ entry }) => ({
          verdict: 'PASS',
          reason: 'as wanted',
          found: 'as wanted',
          endedAt: Date.now(),
          evidence: this.store(entry),
        }),
        undoChange: async ({ entry, key }) => {
          await this.onUndo(entry);
          const target = targetOf(entry.change);
          this.states.set(target, entry.before);
          this.effects.push({ act: 'undo', target, to: words(entry.before), key });
          return {
            entryId: entry.id,
            changed: true,
            state: entry.before,
            reason: 'restored',
            endedAt: Date.now(),
            evidence: this.store(entry),
          };
        },
        runCheck: async (input) => {
          const verdict = await this.onCheck(input);
          return { verdict, reason: `check says ${verdict}`, endedAt: Date.now(), evidence: this.store(input) };
        },
        captureBaseline: async ({ metrics }) => ({
          at: Date.now(),
          values: Object.fromEntries(
            metrics.filter((name) => !this.missingBaseline.includes(name)).map((name) => [name, 1])
          ),
          missing: Object.fromEntries(this.missingBaseline.map((name) => [name, 'no data'])),
          evidence: this.store(metrics),
        }),
        notify: async ({ notification }) => {
          this.notes.push(notification);
          return { delivered: ['log'], failed: {}, endedAt: Date.now() };
        },
        verifyIdentity: async ({ statement, environment }) =>
          environment.people.some((person) => person.name === statement.by)
            ? { accepted: true, how: 'identity' }
            : { accepted: false, reason: `${statement.by} is unknown` },
        recordEvidence: async ({ document }) => this.store(document),
        readEvidence: async ({ digest }) => {
          if (!this.evidence.has(digest)) throw ApplicationFailure.nonRetryable(`no evidence ${digest}`, 'PG310');
          return JSON.stringify(this.evidence.get(digest));
        },
      },
      windows: { watchWindow: (input) => this.window(input) },
    };
  }

  private async window(input: WindowInput): Promise<WindowResult> {
    this.windows.push(input);
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), 500);
    try {
      const verdict = await Promise.race([this.onWindow(input, context.cancellationSignal), context.cancelled]);
      const state = {
        ...startWindow(input.spec, input.t0),
        ...(verdict === 'HOLD' ? { hold: { cause: 'data' as const, sinceK: 3 } } : {}),
      };
      return {
        ...(verdict === undefined ? {} : { verdict }),
        reason: `window says ${verdict ?? 'recovered'}`,
        startedAt: input.t0,
        endedAt: Date.now(),
        samples: 10,
        criteria: [],
        state,
        evidence: this.store({ verdict }),
      };
    } finally {
      clearInterval(beat);
    }
  }

  private set(change: Change, key: string): void {
    const target = targetOf(change);
    const before = this.state(target);
    const after: TargetState =
      change.type === 'deploy' || before.type === 'deploy'
        ? {
            type: 'deploy',
            target: target.slice('deploy/'.length),
            revision: change.type === 'deploy' ? change.revision : '',
          }
        : { ...before, enabled: change.enabled, percent: change.percent, include: change.include ?? before.include };
    this.states.set(target, after);
    this.effects.push({ act: 'apply', target, to: words(after), key });
  }

  private store(document: unknown): { digest: string; bytes: number } {
    const digest = `sha256:${(this.evidence.size + 1).toString(16).padStart(64, '0')}`;
    this.evidence.set(digest, document);
    return { digest, bytes: 1 };
  }
}

function words(state: TargetState): string {
  if (state.type === 'deploy') return state.revision;
  return state.enabled ? `${state.percent}%` : 'off';
}
