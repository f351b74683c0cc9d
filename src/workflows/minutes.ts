import { ActivityFailure, CancellationScope, condition, isCancellation, log, sleep } from '@temporalio/workflow';
import type { DecisionMinutes, PhaseResult } from '../plan/run-status.js';
import { environmentCalls } from './activities.js';
import { failureText } from './phase/attempt.js';

/** A store that takes longer holds up no run: until its end nobody can roll it back. */
const patience = '10s';
const minute = 60_000;

/** Decisions in one document: with the longest words that people may send they are far below what a server takes. */
const mostTogether = 50;

/**
 * Keeps what was decided at each gate as evidence. It writes beside the story: no decision, no next phase, and above all
 * no way back, waits for its own minutes.
 */
export class Minutes {
  private readonly environmentId: string;
  private readonly open = new Map<readonly DecisionMinutes[], CancellationScope>();
  private gathered: DecisionMinutes[] = [];

  constructor(environmentId: string) {
    this.environmentId = environmentId;
  }

  keep(document: DecisionMinutes): void {
    this.begin([document]);
  }

  /** Keeps it in one document with others, when they are flushed: until then it stands in the history, as every message does. */
  gather(documents: readonly DecisionMinutes[]): void {
    this.gathered.push(...documents);
    while (this.gathered.length >= mostTogether) this.begin(this.gathered.splice(0, mostTogether));
  }

  flush(): void {
    if (this.gathered.length > 0) this.begin(this.gathered.splice(0));
  }

  private begin(documents: readonly DecisionMinutes[]): void {
    void CancellationScope.nonCancellable(async () => {
      const scope = new CancellationScope();
      this.open.set(documents, scope);
      await scope.run(() => this.write(documents)).finally(() => this.open.delete(documents));
    });
  }

  /** Resolves when everything is written, or when this has taken too long. */
  async written(): Promise<void> {
    await condition(() => this.open.size === 0, patience);
  }

  /**
   * Calls off what is not written yet and returns it with what was gathered, for somebody else to write: a phase that is
   * over need not stay open for it. The store keeps the same document once, should both have written it. What is handed to
   * a run that is terminated in this moment stands in the history of the phase alone.
   */
  handOver(): Pick<PhaseResult, 'minutes' | 'gathered'> {
    const gathered = this.gathered.splice(0);
    const minutes = this.callOff();
    return { ...(minutes.length > 0 ? { minutes } : {}), ...(gathered.length > 0 ? { gathered } : {}) };
  }

  /** Ends without what is still not written, and says so; undefined when all is. */
  giveUp(): string | undefined {
    const gates = this.callOff().map(({ gate }) => gate.address);
    if (gates.length === 0) return undefined;
    return `the store of evidence did not take the decisions at ${gates.join(', ')}, which stand in the history alone`;
  }

  private callOff(): DecisionMinutes[] {
    const open = [...this.open];
    for (const [, scope] of open) scope.cancel();
    return open.flatMap(([documents]) => documents);
  }

  /** Tries for as long as it may take: a store that is away for a night must not cost a decision's evidence. */
  private async write(documents: readonly DecisionMinutes[]): Promise<void> {
    const [first] = documents;
    if (!first) return;
    const isOne = documents.length === 1;
    const what = isOne ? first.gate.address : `${documents.length} decisions of ${first.phase}`;
    const content = isOne
      ? { kind: 'decision', document: first }
      : { kind: 'decisions', document: { decisions: documents } };
    const { reads } = environmentCalls(this.environmentId);
    for (let pause = minute; ; pause = Math.min(2 * pause, 60 * minute)) {
      try {
        await reads.recordEvidence.executeWithOptions({ summary: `Minutes of ${what}` }, [content]);
        return;
      } catch (error) {
        if (isCancellation(error)) return;
        if (!(error instanceof ActivityFailure)) throw error;
        log.error('A decision could not be stored as evidence yet', { what, reason: failureText(error) });
      }
      try {
        await sleep(pause, { summary: `Until the minutes of ${what} are tried again` });
      } catch (error) {
        if (isCancellation(error)) return;
        throw error;
      }
    }
  }
}
