import { CancellationScope, condition } from '@temporalio/workflow';
import type { Gate } from '../../plan/run-status.js';
import { instantText } from '../../plan/text/spans.js';

/** One timer for the deadlines of many gates, which are mostly the same: a timer for each would cost two events each. */
export class Deadlines {
  private readonly waiting = new Set<Gate>();
  /** Epoch ms: every deadline up to here has passed. */
  private passed = 0;
  private isRunning = false;

  /** Resolves at the gate's deadline, or when it is decided. */
  async reached(gate: Gate, isDecided: () => boolean): Promise<void> {
    this.waiting.add(gate);
    if (!this.isRunning) void CancellationScope.nonCancellable(() => this.run());
    try {
      await condition(() => isDecided() || gate.deadlineAt <= this.passed);
    } finally {
      this.waiting.delete(gate);
    }
  }

  /** Ends when no gate waits any more, a stage that was stopped included. */
  private async run(): Promise<void> {
    this.isRunning = true;
    while (this.waiting.size > 0) {
      const { next } = this;
      const isOther = (): boolean => this.waiting.size === 0 || this.next !== next;
      if (next === undefined) {
        await condition(isOther);
        continue;
      }
      // A later one can wait until this instant has come, even when the gates that are due then have been decided.
      const isSooner = (): boolean => this.waiting.size === 0 || (this.next ?? next) < next;
      const summary = `Next deadline: ${instantText(next)}`;
      if (!(await condition(isSooner, Math.max(1, next - Date.now()), { summary }))) this.passed = next;
    }
    this.isRunning = false;
  }

  /** Epoch ms; undefined: those that still wait are late, and are being told so. */
  private get next(): number | undefined {
    const ahead = [...this.waiting].map(({ deadlineAt }) => deadlineAt).filter((at) => at > this.passed);
    return ahead.length > 0 ? Math.min(...ahead) : undefined;
  }
}
