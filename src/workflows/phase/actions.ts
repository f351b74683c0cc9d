import { workflowInfo } from '@temporalio/workflow';
import { address } from '../../plan/address.js';
import type { Change, LedgerEntry } from '../../plan/change.js';
import { describeChange } from '../../plan/ledger.js';
import type { EvidenceRef } from '../../plan/run-facts.js';
import { verdictOf, type StepOutcome } from './attempt.js';
import type { PhaseContext } from './context.js';
import type { PhaseRecord } from './record.js';

export interface ActionRequest {
  /** Step id; a traffic step adds its share (`ramp@25`). */
  step: string;
  attempt: number;
  title: string;
  change: Change;
  cannotUndo?: string | undefined;
  /** The longest that applying may take. */
  longestMs: number;
}

/**
 * Changes production in four steps: capture what is there, record it, apply, verify by reading back. The capture's
 * result stands in the history before the apply, so no crash can take the changed state for the original one.
 */
export class Actions {
  private readonly context: PhaseContext;
  private readonly record: PhaseRecord;
  private resetAccepted = false;

  constructor(context: PhaseContext, record: PhaseRecord) {
    this.context = context;
    this.record = record;
  }

  async act(request: ActionRequest): Promise<StepOutcome> {
    const reset = this.resetProblem();
    if (reset) return { verdict: 'HOLD', reason: reset };
    const captured = await this.capture(request);
    if (!('runId' in captured)) return captured;
    this.record.addLedgerEntry(captured);
    this.record.facts.changedAt ??= Date.now();
    return this.applyAndVerify(captured, request);
  }

  private capture(request: ActionRequest): Promise<LedgerEntry | StepOutcome> {
    const { input, calls } = this.context;
    const { change, step, attempt, title } = request;
    const at = address(input.phase.id, step, attempt);
    return verdictOf(() =>
      calls.reads.captureChange.executeWithOptions({ summary: `Capture before: ${describeChange(change)}` }, [
        {
          origin: this.context.origin(at, title),
          phase: input.phase.id,
          step,
          attempt,
          change,
          ...(request.cannotUndo === undefined ? {} : { cannotUndo: request.cannotUndo }),
          environment: this.context.slice(needOf(change)),
        },
      ])
    );
  }

  private async applyAndVerify(entry: LedgerEntry, request: ActionRequest): Promise<StepOutcome> {
    const environment = this.context.slice(needOf(entry.change));
    const evidence: EvidenceRef[] = [];
    const applied = await verdictOf(() =>
      this.context.calls
        .changes(request.longestMs)
        .applyChange.executeWithOptions({ summary: `Apply: ${describeChange(entry.change)}` }, [{ entry, environment }])
    );
    if (!('endedAt' in applied)) return applied;
    evidence.push(applied.evidence);
    if (applied.verdict !== 'PASS') return { verdict: applied.verdict, reason: applied.reason, evidence };
    const verified = await verdictOf(() =>
      this.context.calls.reads.verifyChange.executeWithOptions(
        { summary: `Read back: ${describeChange(entry.change)}` },
        [{ entry, environment }]
      )
    );
    if (!('endedAt' in verified)) return verified;
    evidence.push(verified.evidence);
    return {
      verdict: verified.verdict,
      reason: verified.verdict === 'PASS' ? verified.found : verified.reason,
      evidence,
    };
  }

  /** After a reset nobody knows what the forgotten part of the run did: a person must look before anything is applied. */
  private resetProblem(): string | undefined {
    const { runId, firstExecutionRunId } = workflowInfo();
    const foreign = this.record.facts.ledger.some((entry) => entry.runId !== runId);
    if (this.resetAccepted || (runId === firstExecutionRunId && !foreign)) return undefined;
    this.resetAccepted = true;
    return 'this run was reset: actions may already have been applied; compare the targets, then retry to go on';
  }
}

function needOf(change: Change): { flags: true } | { deploy: string } {
  return change.type === 'flag' ? { flags: true } : { deploy: change.target };
}
