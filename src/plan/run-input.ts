import type { LedgerEntry } from './change.js';
import type { Environment, HoldPolicy, Phase, RollbackSpec } from './model.js';

/** What every workflow of a run knows about the run it belongs to. */
export interface RunIdentity {
  /** Workflow id of the migration. */
  workflowId: string;
  /** Run id of the migration's execution: the value of the search attribute PhasegateRun. */
  runId: string;
  planId: string;
  planTitle: string;
  digest: string;
  startedBy: string;
  /** Epoch ms. */
  startedAt: number;
}

/** The input of `deploymentPhase`: only what this phase needs of the plan. */
export interface PhaseInput {
  schemaVersion: 1;
  run: RunIdentity;
  phase: Phase;
  environment: Environment;
  hold: HoldPolicy;
  rollback: RollbackSpec;
  waivers: string[];
  /** Phases that completed before, for `stable` checks: id -> epoch ms and their baselines. */
  completed: Record<string, CompletedPhase>;
  paused?: { by: string; reason?: string; at: number };
}

export interface CompletedPhase {
  completedAt: number;
  baseline?: Record<string, number>;
}

/** The input of `rollback`: one or more ledgers, in the order in which they were captured. */
export interface RollbackInput {
  schemaVersion: 1;
  run: RunIdentity;
  entries: LedgerEntry[];
  reason: string;
  environment: Environment;
  rollback: RollbackSpec;
  /** Release the run's locks when the rollback is verified: set when no migration is left to do it. */
  releaseLocks: boolean;
}
