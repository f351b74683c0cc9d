import type { LedgerEntry, TargetState } from '../../plan/change.js';
import type { Verdict } from '../../plan/judge-types.js';

/** A verdict and its reason in one line. */
export interface Judged {
  verdict: Verdict;
  reason: string;
}

/** Something that an action moves: one flag, or one deploy target. All may throw coded failures. */
export interface ChangeTarget {
  /** The state that is there now. Changes nothing. */
  read(): Promise<TargetState>;
  /** Makes it as the entry's change wants; nothing is done when it is so already. */
  apply(entry: LedgerEntry): Promise<Judged>;
  /** Reads back, apart from what `apply` saw, whether it is as the change wants; `found` in words. */
  verify(entry: LedgerEntry): Promise<Judged & { found: string }>;
  /**
   * Puts the entry's captured state back and reads it back. Throws (worth a retry) unless it is there again.
   *
   * @param key idempotency key of this undo
   */
  undo(entry: LedgerEntry, key: string): Promise<{ changed: boolean; state: TargetState; reason: string }>;
}
