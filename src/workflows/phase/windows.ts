import type { WindowResult } from '../../activities/contract.js';
import { canRecover, latestEnd } from '../../plan/judge.js';
import type { WindowSpec } from '../../plan/model.js';
import type { BaselineSet, EvidenceRef } from '../../plan/run-facts.js';
import type { StepRecord } from '../../plan/run-status.js';
import { spanText } from '../../plan/text/spans.js';
import { beside } from '../beside.js';
import { atItsEnd } from '../simulated-end.js';
import { verdictOf, type StepOutcome } from './attempt.js';
import type { PhaseContext } from './context.js';
import type { GateOutcome } from './desk.js';
import type { Holds } from './holds.js';
import type { PhaseRecord } from './record.js';

export interface WindowRequest {
  spec: WindowSpec;
  /** Epoch ms; the past for a window over earlier phases. */
  t0: number;
  /** How far it reaches back from now. Default: not at all. */
  reachBackMs?: number;
  changedAt?: number | undefined;
  baseline?: BaselineSet | undefined;
  /** Counters are counted from the window's first valid sample, not from the baseline. */
  ownBase?: boolean;
}

/** How a window ended; `decided`: people ended it while it was on hold, so that nothing is left to ask. */
export type WindowOutcome = StepOutcome | { decided: GateOutcome; reason: string };

const minute = 60_000;

/** Runs metric windows: one activity however many samples, another one for each HOLD that opens and closes again. */
export class Windows {
  private readonly context: PhaseContext;
  private readonly record: PhaseRecord;
  private readonly holds: Holds;

  constructor(context: PhaseContext, record: PhaseRecord, holds: Holds) {
    this.context = context;
    this.record = record;
    this.holds = holds;
  }

  async watch(step: StepRecord, request: WindowRequest): Promise<WindowOutcome> {
    const { spec, t0 } = request;
    const { ms: lengthMs, planned } = spec.throughout ? spec.deadline : spec.length;
    step.window = { t0, lengthMs, planned, deadlineAt: deadlineOf(spec, t0) };
    this.record.publish();
    // A step that raises traffic has a window for each share.
    const evidence: EvidenceRef[] = [...(step.evidence ?? [])];
    let from: WindowResult | undefined;
    for (;;) {
      const found = await verdictOf(() => this.call(step, request, from?.state, false));
      if (!('state' in found)) return found;
      this.note(step, spec, found, evidence);
      const verdict = found.verdict ?? 'HOLD';
      if (verdict !== 'HOLD' || !canRecover(found.state)) return { verdict, reason: found.reason, evidence };
      const held = await this.hold(step, request, found);
      if ('decided' in held) return held;
      from = held.found;
      this.note(step, spec, from, evidence);
      if (from.verdict === 'FAIL') return { verdict: 'FAIL', reason: from.reason, evidence };
    }
  }

  /** While people are asked, the source is watched: data that comes back lets the same window go on. */
  private async hold(
    step: StepRecord,
    request: WindowRequest,
    blind: WindowResult
  ): Promise<{ decided: GateOutcome; reason: string } | { found: WindowResult }> {
    let found: WindowResult | undefined;
    const watch = async (): Promise<void> => {
      const seen = await verdictOf(() => this.call(step, request, blind.state, true));
      // Either the data is back, or what came back is so bad that nobody needs to be asked any more.
      if (!('state' in seen) || seen.verdict === 'HOLD') return;
      found = seen;
      this.holds.recover(step);
    };
    step.verdict = 'HOLD';
    const { heldMs } = blind.state;
    const reason = heldMs > 0 ? `${blind.reason}; it was on hold for ${spanText(heldMs)} before` : blind.reason;
    const outcome = await beside(() => this.holds.open(step, reason, blind.evidence, heldMs), watch);
    if (outcome.kind !== 'recovered' || !found) return { decided: outcome, reason };
    delete step.verdict;
    this.record.mark(step, { state: 'running', reason: `${blind.reason}; the data came back` });
    return { found };
  }

  private call(
    step: StepRecord,
    request: WindowRequest,
    resume: WindowResult['state'] | undefined,
    untilRecovered: boolean
  ): Promise<WindowResult> {
    const { spec, t0, reachBackMs = 0, baseline, changedAt, ownBase } = request;
    const longest = spec.warmUp.ms + latestEnd(spec) + this.context.input.hold.deadline.ms + 10 * minute;
    const metrics = spec.criteria.map((criterion) => criterion.metric);
    if (spec.minTraffic) metrics.push(spec.minTraffic.metric);
    const summary = untilRecovered
      ? `${step.title}: waits for data`
      : `${step.title}: ${step.window?.planned ?? ''} window`;
    return atItsEnd(
      this.context.calls.windows(longest).watchWindow.executeWithOptions({ summary: summary.slice(0, 180) }, [
        {
          origin: this.context.origin(step.address, step.title),
          spec,
          t0,
          reachBackMs,
          environment: this.context.slice({ metrics }),
          ...(baseline ? { baseline } : {}),
          ...(changedAt === undefined ? {} : { changedAt }),
          ...(ownBase === undefined ? {} : { ownBase }),
          ...(resume ? { resume } : {}),
          ...(untilRecovered ? { untilRecovered } : {}),
        },
      ])
    );
  }

  private note(step: StepRecord, spec: WindowSpec, found: WindowResult, evidence: EvidenceRef[]): void {
    evidence.push(found.evidence);
    step.criteria = found.criteria;
    this.record.time.saw(found.endedAt);
    if (step.window) {
      step.window.t0 = found.startedAt;
      step.window.deadlineAt = deadlineOf(spec, found.startedAt) + found.state.heldMs;
    }
    step.evidence = [...evidence];
    this.record.publish();
  }
}

/** Before any HOLD: the time held moves it. */
function deadlineOf(spec: WindowSpec, t0: number): number {
  return t0 + spec.warmUp.ms + latestEnd(spec);
}
