import { ActivityFailure, CancellationScope, condition, isCancellation, log, sleep } from '@temporalio/workflow';
import type { DecisionMinutes } from '../plan/run-status.js';
import { environmentCalls } from './activities.js';
import { failureText } from './phase/attempt.js';

/** A store that takes longer holds up no run: until its end nobody can roll it back. */
const patience = '10s';
const minute = 60_000;

/**
 * Keeps what was decided at each gate as evidence. It writes beside the story: no decision, no next phase, and above all
 * no way back, waits for its own minutes.
 */
export class Minutes {
  private readonly environmentId: string;
  private readonly open = new Map<DecisionMinutes, CancellationScope>();

  constructor(environmentId: string) {
    this.environmentId = environmentId;
  }

  keep(document: DecisionMinutes): void {
    void CancellationScope.nonCancellable(async () => {
      const scope = new CancellationScope();
      this.open.set(document, scope);
      await scope.run(() => this.write(document)).finally(() => this.open.delete(document));
    });
  }

  /** Resolves when everything is written, or when this has taken too long. */
  async written(): Promise<void> {
    await condition(() => this.open.size === 0, patience);
  }

  /**
   * Calls off what is not written yet and returns it, for somebody else to write: a phase that is over need not stay
   * open for it. The store keeps the same document once, should both have written it. What is handed to a run that is
   * terminated in this moment stands in the history of the phase alone.
   */
  handOver(): DecisionMinutes[] {
    const unwritten = [...this.open];
    for (const [, scope] of unwritten) scope.cancel();
    return unwritten.map(([document]) => document);
  }

  /** Ends without what is still not written, and says so; undefined when all is. */
  giveUp(): string | undefined {
    const gates = this.handOver().map(({ gate }) => gate.address);
    if (gates.length === 0) return undefined;
    return `the store of evidence did not take the decisions at ${gates.join(', ')}, which stand in the history alone`;
  }

  /** Tries for as long as it may take: a store that is away for a night must not cost a decision's evidence. */
  private async write(document: DecisionMinutes): Promise<void> {
    const { address } = document.gate;
    const { reads } = environmentCalls(this.environmentId);
    for (let pause = minute; ; pause = Math.min(2 * pause, 60 * minute)) {
      try {
        await reads.recordEvidence.executeWithOptions({ summary: `Minutes of ${address}` }, [
          { kind: 'decision', document },
        ]);
        return;
      } catch (error) {
        if (isCancellation(error)) return;
        if (!(error instanceof ActivityFailure)) throw error;
        log.error('A decision could not be stored as evidence yet', { gate: address, reason: failureText(error) });
      }
      try {
        await sleep(pause, { summary: `Until the minutes of ${address} are tried again` });
      } catch (error) {
        if (isCancellation(error)) return;
        throw error;
      }
    }
  }
}
