import { CancellationScope, condition, upsertSearchAttributes } from '@temporalio/workflow';
import type { SearchAttributeUpdatePair } from '@temporalio/common';

/**
 * The search attributes of a workflow. Each upsert costs an event and a write of the visibility store, so what changes
 * several times in one workflow task is sent once, as it is at the end of the task.
 */
export class Shown {
  private sent: string;
  private latest: { key: string; pairs: SearchAttributeUpdatePair[] } | undefined;

  /** @param key of what the workflow was started with: that needs no event of its own */
  constructor(key: string) {
    this.sent = key;
    void CancellationScope.nonCancellable(() => this.follow());
  }

  show(key: string, pairs: SearchAttributeUpdatePair[]): void {
    this.latest = { key, pairs };
  }

  /** Sends what is not sent yet: at its end a workflow has no later moment for it. */
  flush(): void {
    const { latest } = this;
    if (!latest || latest.key === this.sent) return;
    this.sent = latest.key;
    upsertSearchAttributes(latest.pairs);
  }

  private async follow(): Promise<never> {
    for (;;) {
      await condition(() => this.latest !== undefined && this.latest.key !== this.sent);
      this.flush();
    }
  }
}
