import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { BaselineSet, WindowResult } from '../../activities/contract.js';
import { canRecover } from '../can-recover.js';
import type { WindowSpec } from '../../plan/model.js';
import type { EvidenceRef } from '../../plan/run-facts.js';
import type { StepRecord } from '../../plan/run-status.js';
import { verdictOf } from './attempt.js';
import type { PhaseContext } from './context.js';
import type { GateOutcome } from './desk.js';
import type { Holds } from './holds.js';
import type { PhaseRecord } from './record.js';
import type { StepOutcome } from './attempt.js';

export interface WindowRequest {
  spec: WindowSpec;
  /** Epoch ms; the past for a window over earlier phases. */
  t0: number;
  changedAt?: number | undefined;
  baseline?: BaselineSet | undefined;
}

/** A HOLD of a window that people ended; `verdict` tells the caller that nothing is left to ask. */
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

  async watch(record: StepRecord, request: WindowRequest): Promise<WindowOutcome> {
    const { spec, t0 } = request;
    record.window = {
      t0,
      lengthMs: spec.length.ms,
      planned: spec.length.planned,
      deadlineAt: t0 + spec.warmUp.ms + spec.deadline.ms,
    };
    this.record.publish();
    const evidence: EvidenceRef[] = [];
    let resume: WindowResult['state'] | undefined;
    for (;;) {
      const result = await verdictOf(() => this.call(record, request, resume, false));
      if (!('state' in result)) return result;
      this.note(record, result, evidence);
      await this.untilSimulatedEnd(result.endedAt);
      if (result.verdict !== 'HOLD' || !canRecover(result.state)) {
        return { verdict: result.verdict ?? 'HOLD', reason: result.reason, evidence };
      }
      const held = await this.hold(record, request, result);
      if ('decided' in held) return { decided: held.decided, reason: result.reason };
      this.note(record, held.recovered, evidence);
      resume = held.recovered.state;
    }
  }

  /** While people are asked, the source is watched: data that comes back lets the same window go on. */
  private async hold(
    record: StepRecord,
    request: WindowRequest,
    result: WindowResult
  ): Promise<{ decided: GateOutcome } | { recovered: WindowResult }> {
    const gate = this.holds.gateFor(record, result.reason, result.evidence);
    this.record.mark(record, { state: 'on hold', verdict: 'HOLD', reason: result.reason });
    let recovered: WindowResult | undefined;
    const watcher = new CancellationScope();
    const watching = watcher.run(async () => {
      const found = await verdictOf(() => this.call(record, request, result.state, true));
      if ('state' in found && found.verdict === undefined) {
        recovered = found;
        this.holds.recover(gate);
      }
    });
    try {
      const outcome = await this.holds.decide(gate);
      if (outcome.kind === 'recovered' && recovered) {
        this.record.mark(record, { state: 'running', reason: `${result.reason}; the data came back` });
        return { recovered };
      }
      return { decided: outcome };
    } finally {
      watcher.cancel();
      await watching.catch((error: unknown) => {
        if (!isCancellation(error)) throw error;
      });
    }
  }

  private call(
    record: StepRecord,
    request: WindowRequest,
    resume: WindowResult['state'] | undefined,
    untilRecovered: boolean
  ): Promise<WindowResult> {
    const { spec, t0 } = request;
    const longest = spec.warmUp.ms + spec.deadline.ms + this.context.input.hold.deadline.ms + 10 * minute;
    const metrics = spec.criteria.map((criterion) => criterion.metric);
    if (spec.minTraffic) metrics.push(spec.minTraffic.metric);
    const summary = untilRecovered
      ? `${record.title}: waits for data`
      : `${record.title}: ${spec.length.planned} window`;
    return this.context.calls.windows(longest).watchWindow.executeWithOptions({ summary: summary.slice(0, 180) }, [
      {
        origin: this.context.origin(record.address, record.title),
        spec,
        t0,
        environment: this.context.slice({ metrics }),
        ...(request.baseline ? { baseline: request.baseline } : {}),
        ...(request.changedAt === undefined ? {} : { changedAt: request.changedAt }),
        ...(resume ? { resume } : {}),
        ...(untilRecovered ? { untilRecovered } : {}),
      },
    ]);
  }

  private note(record: StepRecord, result: WindowResult, evidence: EvidenceRef[]): void {
    evidence.push(result.evidence);
    record.criteria = result.criteria;
    record.evidence = [...evidence];
    this.record.publish();
  }

  /** In reality an activity ends when it ends; in a rehearsal its end may still lie ahead. */
  private async untilSimulatedEnd(endedAt: number): Promise<void> {
    if (endedAt > Date.now()) await sleep(endedAt - Date.now(), { summary: 'Simulated end of the window' });
  }
}
