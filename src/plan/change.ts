/** What an action changes, and what was there before: the facts a ledger is made of. */

/** A flag as its system has it. `native` is the provider's own definition: what an undo restores, unread by anyone else. */
export interface FlagState {
  type: 'flag';
  key: string;
  exists: boolean;
  enabled: boolean;
  /** 0..100. */
  percent: number;
  include: string[];
  native?: unknown;
}
export interface DeployState {
  type: 'deploy';
  target: string;
  revision: string;
}
export type TargetState = FlagState | DeployState;

/** The change that an action wants. `include` absent: keep who is included (a traffic step). */
export type Change =
  | { type: 'flag'; key: string; enabled: boolean; percent: number; include?: string[] }
  | { type: 'deploy'; target: string; revision: string; repeatable: boolean };

/**
 * One line of the ledger: what was there before a change, recorded before the change is applied.
 * `id` is the address of the action (`1a/enable#1`, `1a/ramp@25#1`).
 */
export interface LedgerEntry {
  id: string;
  phase: string;
  step: string;
  attempt: number;
  title: string;
  change: Change;
  before: TargetState;
  /** Epoch ms. */
  capturedAt: number;
  /** The workflow run that captured it: another run id under a ledger means a reset. */
  runId: string;
  idempotencyKey: string;
  cannotUndo?: string;
}
