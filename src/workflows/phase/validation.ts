import { sleep } from '@temporalio/workflow';
import type { BaselineSet } from '../../plan/run-facts.js';
import type { BaselineStep, BeforeItem, CheckStep, StageSpec, WatchStep } from '../../plan/model.js';
import type { StepRecord } from '../../plan/run-status.js';
import { instantText, spanText } from '../../plan/text/spans.js';
import type { CheckInput } from '../../activities/contract.js';
import { atItsEnd } from '../simulated-end.js';
import { needOfCheck } from '../slice.js';
import { verdictOf, type StepOutcome } from './attempt.js';
import type { PhaseContext } from './context.js';
import type { PhaseRecord } from './record.js';
import type { RollbackApproval } from './rollback-approval.js';
import type { Steps } from './steps.js';
import type { WindowOutcome, Windows } from './windows.js';

const minute = 60_000;

/**
 * A stage of the validation: from so long after the last phase to so long after it, checks are made again and again and
 * metrics are watched, and people answer the rest. One that begins late, since the stage before it had to be mended,
 * lasts as long all the same.
 */
export class Validation {
  private readonly context: PhaseContext;
  private readonly record: PhaseRecord;
  private readonly steps: Steps;
  private readonly windows: Windows;
  private readonly requests: RollbackApproval;
  private readonly stage: StageSpec;
  /** Resolves when its time is over. */
  private ended: Promise<void> = Promise.resolve();

  constructor(
    context: PhaseContext,
    record: PhaseRecord,
    steps: Steps,
    windows: Windows,
    requests: RollbackApproval,
    stage: StageSpec
  ) {
    this.context = context;
    this.record = record;
    this.steps = steps;
    this.windows = windows;
    this.requests = requests;
    this.stage = stage;
  }

  /** Waits until the stage begins. */
  async begin(): Promise<void> {
    const { from, to, since } = this.stage;
    const { input } = this.context;
    const opensAt = (input.completed[since]?.completedAt ?? input.run.startedAt) + from.ms;
    if (from.ms > 0) {
      this.record.facts.opensAt = opensAt;
      this.record.publish();
      const summary = `Begins ${from.planned} after ${since}: ${instantText(opensAt)}`;
      await sleep(Math.max(1, opensAt - Date.now()), { summary });
      delete this.record.facts.opensAt;
      this.record.time.saw(opensAt);
    }
    // Nothing is looked at in the hold that it came into, and its time is not spent in it either.
    if (input.held) await this.steps.notPaused();
    const lasts = to.ms - from.ms;
    this.record.facts.endsAt = this.record.time.now + lasts;
    this.record.publish();
    this.ended = sleep(lasts, { summary: `Ends ${to.planned} after ${since}: ${instantText(this.endsAt)}` });
    // It is awaited at the end; a stage that is stopped before it has nobody who hears of it.
    this.ended.catch(() => undefined);
  }

  /** Epoch ms. */
  private get endsAt(): number {
    return this.record.facts.endsAt ?? 0;
  }

  /** Resolves when the time of the stage is over. */
  over(): Promise<void> {
    return this.ended;
  }

  /** Resolves when nobody asks any more whether everything is taken back. */
  undisputed(): Promise<void> {
    return this.requests.settled();
  }

  /** One attempt at an item. */
  make(item: BeforeItem, attempt: StepRecord): Promise<WindowOutcome> {
    if (item.kind === 'watch') return this.watch(item, attempt);
    if (item.kind === 'baseline') return this.newBaseline(item, attempt);
    if (item.kind === 'check' && item.check.type !== 'stable') return this.repeat(item, item.check, attempt);
    return this.steps.make(item, attempt);
  }

  /** To the end of the stage; a later attempt has what is left of it, and at least its own length. */
  private watch({ window }: WatchStep, attempt: StepRecord): Promise<WindowOutcome> {
    const t0 = this.record.time.now;
    const left = Math.max(window.length.ms, this.endsAt - t0);
    const deadline = left < window.deadline.ms ? { ms: left, planned: spanText(left) } : window.deadline;
    const baseline = this.oldBaseline();
    return this.windows.watch(attempt, {
      spec: { ...window, deadline },
      t0,
      // What counters counted before the stage was judged by the phases and stages before it.
      ownBase: true,
      ...(baseline ? { baseline } : {}),
    });
  }

  /** What metrics were before the first change of the run. */
  private oldBaseline(): BaselineSet | undefined {
    const { completed } = this.context.input;
    const sets = Object.values(completed).flatMap(({ baseline }) => (baseline ? [baseline] : []));
    if (sets.length === 0) return undefined;
    const values = Object.assign({}, ...sets.toReversed()) as Record<string, number>;
    return { at: this.record.time.now, values, missing: {}, evidence: { digest: '', bytes: 0 } };
  }

  private async repeat(item: CheckStep, check: CheckInput['check'], attempt: StepRecord): Promise<StepOutcome> {
    const t0 = this.record.time.now;
    // What was mended late is looked at more than once.
    const until = Math.max(t0 + this.stage.repeatEvery.ms, this.endsAt);
    const longest = until - t0 + 4 * ('timeout' in check ? check.timeout.ms : 0) + 10 * minute;
    const found = await verdictOf(() =>
      atItsEnd(
        this.context.calls
          .windows(longest)
          .watchCheck.executeWithOptions({ summary: `${item.title}: until ${instantText(until)}`.slice(0, 180) }, [
            {
              origin: this.context.origin(attempt.address, item.title),
              check,
              environment: this.context.slice(needOfCheck(check)),
              t0,
              everyMs: this.stage.repeatEvery.ms,
              until,
            },
          ])
      )
    );
    if (!('looks' in found)) return found;
    this.record.time.saw(found.endedAt);
    const { verdict, reason, output, evidence } = found;
    return { verdict, reason, ...(output === undefined ? {} : { output }), evidence: [evidence] };
  }

  private async newBaseline({ metrics, over, title }: BaselineStep, attempt: StepRecord): Promise<StepOutcome> {
    await this.over();
    const found = await verdictOf(() =>
      this.context.calls.changes(5 * minute).measurePeriod.executeWithOptions({ summary: title.slice(0, 180) }, [
        {
          origin: this.context.origin(attempt.address, title),
          metrics,
          overMs: over.ms,
          environment: this.context.slice({ metrics }),
        },
      ])
    );
    if (!('values' in found)) return found;
    const { values, evidence } = found;
    const missing = Object.entries(found.missing).map(([metric, reason]) => `${metric}: ${reason}`);
    if (missing.length > 0)
      return { verdict: 'HOLD', reason: `no new baseline for ${missing.join('; ')}`, evidence: [evidence] };
    this.record.facts.newBaseline = Object.fromEntries(
      Object.entries(values).map(([metric, { mean }]) => [metric, mean])
    );
    return { verdict: 'PASS', reason: `recorded ${metrics.join(', ')} over ${over.planned}`, evidence: [evidence] };
  }
}
