import type { FlagState, LedgerEntry } from '../../plan/change.js';
import type { PhaseStatus, RollbackStatus, RunStatus } from '../../plan/run-status.js';
import type { AlertStatus, GuardStatus, IncidentStatus } from '../../plan/watch-status.js';

/** What one look found of a run. */
export interface SeenRun {
  plan: string;
  /** As the run tells it, else as Temporal knows it. */
  state: string;
  /** Epoch ms. */
  startedAt: number;
  /** Absent when the run has ended. */
  open?: {
    /** Absent when no worker answered for it. */
    status?: RunStatus;
    /** Those under way that answered. */
    phases: PhaseStatus[];
    /** Changes that are not undone; absent when that cannot be told now. */
    inForce?: LedgerEntry[];
    /** Flag -> its state; undefined when the flag system could not be asked. */
    flags: Map<string, FlagState | undefined>;
  };
  /** These may outlive their run; of the rollbacks those under way that answered. */
  rollbacks: RollbackStatus[];
  guard?: GuardStatus;
  alerts: AlertStatus[];
  incidents: IncidentStatus[];
  /** Some of them did not say how they stand, or were not asked: then nobody knows how many there are. */
  silent: { gates: boolean; alerts: boolean; incidents: boolean };
}

export interface Look {
  /** Epoch ms. */
  at: number;
  runs: SeenRun[];
  /** Open executions that were asked. */
  asked: number;
  /** Open executions that were left out. */
  unread: number;
}
