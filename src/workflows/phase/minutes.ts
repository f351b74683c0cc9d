import { ActivityFailure, CancellationScope, log } from '@temporalio/workflow';
import type { Gate } from '../../plan/run-status.js';
import { failureText } from './attempt.js';
import type { PhaseContext } from './context.js';
import type { GateOutcome } from './desk.js';

/**
 * Keeps what was decided at each gate as evidence. It writes beside the story: no decision, and above all no way back,
 * waits for its own minutes.
 */
export class Minutes {
  private readonly context: PhaseContext;
  private readonly open = new Set<Promise<void>>();

  constructor(context: PhaseContext) {
    this.context = context;
  }

  keep(gate: Gate, outcome: GateOutcome): void {
    const writing = CancellationScope.nonCancellable(() => this.write(gate, outcome));
    this.open.add(writing);
    void writing.finally(() => this.open.delete(writing));
  }

  /** Resolves when everything is written, or given up. */
  async written(): Promise<void> {
    await Promise.all(this.open);
  }

  private async write(gate: Gate, outcome: GateOutcome): Promise<void> {
    const { run, phase } = this.context.input;
    const { workflowId, runId, digest: plan } = run;
    const document = { run: workflowId, runId, plan, phase: phase.id, gate, outcome, at: Date.now() };
    try {
      await this.context.calls.reads.recordEvidence.executeWithOptions(
        { summary: `Minutes of ${gate.address}`, scheduleToCloseTimeout: '2m' },
        [{ kind: 'decision', document }]
      );
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      // The decision itself stands in the history; only its copy in the evidence store is missing.
      log.error('A decision could not be stored as evidence', { gate: gate.address, reason: failureText(error) });
    }
  }
}
