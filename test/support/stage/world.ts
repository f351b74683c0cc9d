import { ApplicationFailure, Context } from '@temporalio/activity';
import type {
  BaselineInput,
  CaptureInput,
  CheckInput,
  EnvironmentActivities,
  MeasureInput,
  MeasureResult,
  MetricFacts,
  Notification,
  TellInput,
  VerifyIdentityInput,
  WatchMetricsInput,
  WatchMetricsResult,
  WindowActivities,
  WindowInput,
  WindowResult,
} from '../../../src/activities/contract.js';
import { systemClock } from '../../../src/activities/clock.js';
import type { EvidenceStore } from '../../../src/activities/evidence/index.js';
import { watchMetrics } from '../../../src/activities/metrics/guard/watch-metrics.js';
import { currentScope } from '../../../src/activities/scope.js';
import type { Change, FlagState, LedgerEntry, TargetState } from '../../../src/plan/change.js';
import type { Verdict } from '../../../src/plan/judge-types.js';
import { startWindow, type WindowState } from '../../../src/plan/judge.js';
import { targetOf } from '../../../src/plan/ledger.js';
import { fakeReader, type Series } from '../metrics/fake-reader.js';

export interface Effect {
  act: 'apply' | 'undo' | 'remove';
  target: string;
  to: string;
  key: string;
}

/** What a window finds; `hold` says why a HOLD is one (default: data is missing). Undefined: the data is back. */
export type Finding = Verdict | undefined | { verdict: 'HOLD'; cause: 'deadline' | 'baseline'; reason?: string };

/** Activities that act in the world of the run that asks. */
export function onStage(worldOf: (asked: string) => World): ReturnType<World['activities']> {
  const acts = (input: unknown): ReturnType<World['activities']> => worldOf(JSON.stringify(input)).activities();
  const names = Object.keys(new World().activities().environment) as Array<keyof EnvironmentActivities>;
  const delegates = names.map((name) => [
    name,
    (input: never) => (acts(input).environment[name] as (given: never) => unknown)(input),
  ]);
  return {
    environment: Object.fromEntries(delegates) as EnvironmentActivities,
    windows: {
      watchWindow: (input) => acts(input).windows.watchWindow(input),
      watchCheck: (input) => acts(input).windows.watchCheck(input),
      watchMetrics: (input) => acts(input).windows.watchMetrics(input),
    },
  };
}

/**
 * FAKE: flags, deploy targets and metrics in memory, with a log of every effect. It stands in for the real systems
 * where a test is about the order and the rules of workflows; test/integration runs the real ones.
 */
export class World {
  readonly effects: Effect[] = [];
  readonly notes: Notification[] = [];
  readonly told: TellInput[] = [];
  readonly windows: WindowInput[] = [];
  readonly checks: CheckInput[] = [];
  readonly guarded: WatchMetricsInput[] = [];
  /** What the guard finds, by the real code; a metric without a series has no data. */
  series: Record<string, Series> = { success: () => 1 };
  readonly evidence = new Map<string, unknown>();
  private readonly states = new Map<string, TargetState>();
  private readonly now: () => number;

  /** The scripts: what each activity finds. They may wait, throw, or never answer. */
  onWindow: (input: WindowInput, signal: AbortSignal) => Promise<Finding> | Finding = () => 'PASS';
  onCheck: (input: CheckInput) => Promise<Verdict> | Verdict = () => 'PASS';
  onCapture: (input: CaptureInput) => Promise<void> | void = () => undefined;
  onApply: (entry: LedgerEntry) => Promise<Verdict | void> | Verdict | void = () => undefined;
  onVerify: (entry: LedgerEntry) => Promise<Verdict> | Verdict = () => 'PASS';
  onUndo: (entry: LedgerEntry) => Promise<void> | void = () => undefined;
  onIdentity: (input: VerifyIdentityInput) => Promise<void> | void = () => undefined;
  onRecord: (document: unknown) => Promise<void> | void = () => undefined;
  /** May say which of the channels do not take it. */
  onNotify: (notification: Notification, channels: string[]) => Promise<string[] | void> | string[] | void = () =>
    undefined;
  /** Channels that never take a message, whoever it is for. */
  refusing: string[] = [];
  onTell: (input: TellInput) => Promise<void> | void = () => undefined;
  measuring: (input: MeasureInput) => Promise<void> | void = () => undefined;
  /** What metrics were over a period, where it is not 1 all the time. */
  measured: Record<string, Partial<MetricFacts>> = {};
  onCaptureFlags: (keys: string[]) => Promise<Verdict> | Verdict = () => 'PASS';
  /** Removes them; a script may leave some. */
  onRemoveFlags: (keys: string[], remove: (key: string) => void) => Promise<void> | void = (keys, remove) =>
    keys.forEach(remove);
  /** What a look of the guard does in place of what it was asked for: days that pass in no time. */
  onGuard: (input: WatchMetricsInput) => WatchMetricsInput = (input) => input;
  missingBaseline: string[] = [];
  private readonly gone = new Set<string>();
  private readonly mark: string;

  /**
   * @param now what time it is (epoch ms) for the activity that runs
   * @param mark eight hexadecimal digits with which the digests of its evidence begin: no two worlds of a stage have the same
   */
  constructor(now: () => number = Date.now, mark = '00000000') {
    this.now = now;
    this.mark = mark;
  }

  state(target: string): TargetState {
    return this.states.get(target) ?? original(target);
  }

  /** Targets that are not as they were at the start. */
  changed(): string[] {
    return [...this.states].filter(([target, state]) => words(state) !== words(original(target))).map(([name]) => name);
  }

  /** The effects in words: `apply flag/X 5%`, `undo deploy/core v1`. */
  story(act?: Effect['act']): string[] {
    const told = this.effects.filter((effect) => act === undefined || effect.act === act);
    return told.map((effect) => `${effect.act} ${effect.target} ${effect.to}`);
  }

  activities(): { environment: EnvironmentActivities; windows: WindowActivities } {
    return {
      environment: {
        captureChange: async (input) => {
          await beating(this.onCapture(input));
          return this.capture(input);
        },
        applyChange: async ({ entry }) => {
          const verdict = (await beating(this.onApply(entry))) ?? 'PASS';
          if (verdict === 'PASS') this.set(entry.change, entry.idempotencyKey);
          return { verdict, reason: `apply says ${verdict}`, endedAt: this.now(), evidence: this.store(entry) };
        },
        verifyChange: async ({ entry }) => {
          const verdict = await beating(this.onVerify(entry));
          const reason = `read back says ${verdict}`;
          return { verdict, reason, found: reason, endedAt: this.now(), evidence: this.store(entry) };
        },
        undoChange: async ({ entry, key }) => {
          await beating(this.onUndo(entry));
          const target = targetOf(entry.change);
          this.states.set(target, entry.before);
          this.effects.push({ act: 'undo', target, to: words(entry.before), key });
          const [reason, endedAt, evidence] = ['restored', this.now(), this.store(entry)] as const;
          return { entryId: entry.id, changed: true, state: entry.before, reason, endedAt, evidence };
        },
        runCheck: async (input) => {
          this.checks.push(input);
          const verdict = await beating(heeding(this.onCheck(input)));
          return { verdict, reason: `check says ${verdict}`, endedAt: this.now(), evidence: this.store(input) };
        },
        captureBaseline: async (input) => this.baseline(input),
        measurePeriod: async (input) => {
          await beating(this.measuring(input));
          return this.measure(input);
        },
        notify: async ({ notification, environment }) => {
          this.notes.push(notification);
          const names = environment.notify.map(({ name }) => name);
          const refused = names.filter((name) => this.refusing.includes(name));
          const down = [...((await beating(heeding(this.onNotify(notification, names)))) ?? []), ...refused];
          if (names.length > 0 && names.every((name) => down.includes(name)))
            throw ApplicationFailure.nonRetryable('nobody could be told', 'PG315');
          const failed = Object.fromEntries(down.map((name) => [name, 'it is down']));
          return { delivered: names.filter((name) => !down.includes(name)), failed, refused, endedAt: this.now() };
        },
        tellChannel: async (input) => {
          this.told.push(input);
          await beating(heeding(this.onTell(input)));
          return { endedAt: this.now() };
        },
        verifyIdentity: async (input) => {
          await beating(this.onIdentity(input));
          const { by } = input.statement;
          const known = input.environment.people.some((person) => person.name === by);
          return known ? { accepted: true, how: 'identity' } : { accepted: false, reason: `${by} is unknown` };
        },
        captureFlags: async ({ keys, ...input }) => {
          const verdict = await beating(this.onCaptureFlags(keys));
          const flags = keys.flatMap((key) => this.flagThere(key));
          const reason = `capture says ${verdict}`;
          return { verdict, reason, flags, endedAt: this.now(), evidence: this.store({ flags, ...input }) };
        },
        removeFlags: async ({ flags }) => {
          await beating(
            this.onRemoveFlags(
              flags.map(({ key }) => key),
              (key) => this.removeFlag(key)
            )
          );
          return { verdict: 'PASS', reason: 'removed', endedAt: this.now(), evidence: this.store(flags) };
        },
        verifyRemoval: async ({ keys }) => {
          const left = keys.filter((key) => this.flagThere(key).length > 0);
          const verdict = left.length > 0 ? 'FAIL' : 'PASS';
          return { verdict, reason: `left: ${left.join(', ')}`, left, endedAt: this.now(), evidence: this.store(left) };
        },
        recordEvidence: async ({ document }) => {
          await beating(this.onRecord(document));
          return this.store(document);
        },
        readEvidence: async ({ digest }) => {
          if (!this.evidence.has(digest)) throw ApplicationFailure.nonRetryable(`no evidence ${digest}`, 'PG310');
          return this.stored(digest);
        },
      },
      windows: {
        watchWindow: (input) => this.window(input),
        watchCheck: async (input) => {
          this.checks.push(input);
          const verdict = await beating(heeding(this.onCheck(input)));
          const found = { verdict, reason: `check says ${verdict}`, looks: 3, missed: 0 };
          return { ...found, endedAt: this.now(), evidence: this.store(input) };
        },
        watchMetrics: (input) => {
          this.guarded.push(input);
          return this.watch(this.onGuard(input));
        },
      },
    };
  }

  /** Whether the flag system still has this flag. */
  hasFlag(key: string): boolean {
    return this.flagThere(key).length > 0;
  }

  /** A store keeps what it is given with its kind, as the real one does. */
  stored(digest: string): string {
    const kept = this.evidence.get(digest);
    const isWhole = typeof kept === 'object' && kept !== null && 'kind' in kept;
    return JSON.stringify(isWhole ? kept : { kind: 'recorded', document: kept });
  }

  /** The real code over `series`. */
  watch(input: WatchMetricsInput): Promise<WatchMetricsResult> {
    const log = (): void => undefined;
    const tools = { evidence: nowhere, clock: systemClock, logger: { info: log, warn: log, error: log } };
    return watchMetrics({ ...tools, readerOf: () => fakeReader(this.series) }, currentScope(), input);
  }

  private measure({ metrics, from, overMs = 0 }: MeasureInput): MeasureResult {
    const missing = metrics.filter((name) => this.missingBaseline.includes(name));
    const there = metrics.filter((name) => !missing.includes(name));
    const to = this.now();
    return {
      from: from ?? to - overMs,
      to,
      values: Object.fromEntries(there.map((name) => [name, { ...steady, ...this.measured[name] }])),
      missing: Object.fromEntries(missing.map((name) => [name, 'no data'])),
      endedAt: to,
      evidence: this.store(metrics),
    };
  }

  private flagThere(key: string): FlagState[] {
    const state = this.state(`flag/${key}`);
    return state.type === 'flag' && !this.gone.has(key) ? [state] : [];
  }

  /** What is gone already is left alone, as the real providers do. */
  private removeFlag(key: string): void {
    if (this.gone.has(key)) return;
    this.gone.add(key);
    this.effects.push({ act: 'remove', target: `flag/${key}`, to: 'gone', key });
  }

  private capture(input: CaptureInput): LedgerEntry {
    return {
      id: input.origin.address,
      phase: input.phase,
      step: input.step,
      attempt: input.attempt,
      title: input.origin.title,
      change: input.change,
      before: this.state(targetOf(input.change)),
      capturedAt: this.now(),
      runId: Context.current().info.workflowExecution?.runId ?? '',
      idempotencyKey: `${input.origin.run}/${input.origin.address}`,
      ...(input.cannotUndo === undefined ? {} : { cannotUndo: input.cannotUndo }),
    };
  }

  private baseline({ metrics }: BaselineInput): Awaited<ReturnType<EnvironmentActivities['captureBaseline']>> {
    const missing = metrics.filter((name) => this.missingBaseline.includes(name));
    const there = metrics.filter((name) => !missing.includes(name));
    return {
      at: this.now(),
      values: Object.fromEntries(there.map((name) => [name, 1])),
      missing: Object.fromEntries(missing.map((name) => [name, 'no data'])),
      evidence: this.store(metrics),
    };
  }

  private async window(input: WindowInput): Promise<WindowResult> {
    this.windows.push(input);
    const found = await beating(heeding(this.onWindow(input, Context.current().cancellationSignal)));
    const verdict = typeof found === 'object' ? found.verdict : found;
    const cause = typeof found === 'object' ? found.cause : 'data';
    const said = (typeof found === 'object' ? found.reason : undefined) ?? `window says ${verdict}`;
    const held: Partial<WindowState> = verdict === 'HOLD' ? { verdict, hold: { cause, sinceK: 3 } } : {};
    return {
      ...(verdict === undefined ? {} : { verdict }),
      reason: verdict === undefined ? 'data is back' : said,
      startedAt: input.t0,
      endedAt: this.now(),
      samples: 10,
      criteria: [],
      // A HOLD that ended took 5 s.
      state: {
        ...startWindow(input.spec, input.t0),
        heldMs: (input.resume?.heldMs ?? 0) + (verdict === undefined ? 5000 : 0),
        ...held,
      },
      evidence: this.store({ verdict }),
    };
  }

  private set(change: Change, key: string): void {
    const target = targetOf(change);
    const before = this.state(target);
    const { revision = '' } = change as { revision?: string };
    const after: TargetState =
      before.type === 'deploy' || change.type === 'deploy'
        ? { type: 'deploy', target: target.slice('deploy/'.length), revision }
        : { ...before, enabled: change.enabled, percent: change.percent, include: change.include ?? before.include };
    this.states.set(target, after);
    this.effects.push({ act: 'apply', target, to: words(after), key });
  }

  protected store(document: unknown): { digest: string; bytes: number } {
    const digest = `sha256:${this.mark}${(this.evidence.size + 1).toString(16).padStart(56, '0')}`;
    this.evidence.set(digest, structuredClone(document));
    return { digest, bytes: 1 };
  }
}

/** A guard stores nothing by itself. */
const nowhere: EvidenceStore = {
  put: () => Promise.reject(new Error('nothing is stored here')),
  get: () => Promise.reject(new Error('nothing is stored here')),
};

const steady: MetricFacts = { mean: 1, min: 1, max: 1, last: 1, increase: 0, readings: 10, of: 10 };

function original(target: string): TargetState {
  const [type, name = ''] = target.split('/');
  return type === 'flag'
    ? { type: 'flag', key: name, exists: true, enabled: false, percent: 0, include: [] }
    : { type: 'deploy', target: name, revision: 'v1' };
}

function words(state: TargetState): string {
  if (state.type === 'deploy') return state.revision;
  return state.enabled ? `${state.percent}%` : 'off';
}

/** Heartbeats while a script waits. */
async function beating<T>(script: Promise<T> | T): Promise<T> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), 300);
  try {
    return await script;
  } finally {
    clearInterval(beat);
  }
}

/** Lets the workflow end a script that waits; what changes something is never left in the middle. */
function heeding<T>(script: Promise<T> | T): Promise<T> {
  return Promise.race([script, Context.current().cancelled]);
}

/** A door that a script waits at until the test opens it. */
export function door(): { open: () => void; opened: Promise<void>; reached: Promise<void>; wait: () => Promise<void> } {
  let open = (): void => undefined;
  let arrive = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const reached = new Promise<void>((resolve) => (arrive = resolve));
  return { open: () => open(), opened, reached, wait: () => (arrive(), opened) };
}
