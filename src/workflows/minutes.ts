import { ActivityFailure, CancellationScope, isCancellation, log } from '@temporalio/workflow';
import type { DecisionMinutes } from '../plan/run-status.js';
import { environmentCalls } from './activities.js';
import { failureText } from './phase/attempt.js';

/**
 * Keeps what was decided at each gate as evidence. It writes beside the story: no decision, no next phase, and above all
 * no way back, waits for its own minutes.
 */
export class Minutes {
  private readonly environmentId: string;
  private readonly open = new Map<DecisionMinutes, { scope: CancellationScope; written: Promise<void> }>();

  constructor(environmentId: string) {
    this.environmentId = environmentId;
  }

  keep(document: DecisionMinutes): void {
    void CancellationScope.nonCancellable(async () => {
      const scope = new CancellationScope();
      const written = scope.run(() => this.write(document)).finally(() => this.open.delete(document));
      this.open.set(document, { scope, written });
      await written;
    });
  }

  /** Resolves when everything is written, or given up. */
  async written(): Promise<void> {
    await Promise.all([...this.open.values()].map((one) => one.written));
  }

  /**
   * Calls off what is not written yet and returns it, for somebody else to write: a phase that is over need not stay
   * open for it. The store keeps the same document once, should both have written it.
   */
  handOver(): DecisionMinutes[] {
    const unwritten = [...this.open];
    for (const [, { scope }] of unwritten) scope.cancel();
    return unwritten.map(([document]) => document);
  }

  private async write(document: DecisionMinutes): Promise<void> {
    const { address } = document.gate;
    try {
      await environmentCalls(this.environmentId).reads.recordEvidence.executeWithOptions(
        { summary: `Minutes of ${address}`, scheduleToCloseTimeout: '2m' },
        [{ kind: 'decision', document }]
      );
    } catch (error) {
      if (isCancellation(error)) return;
      if (!(error instanceof ActivityFailure)) throw error;
      // The decision itself stands in the history; only its copy in the evidence store is missing.
      log.error('A decision could not be stored as evidence', { gate: address, reason: failureText(error) });
    }
  }
}
