import type { PhaseStatus, RunState } from '../../plan/run-status.js';
import type { RunSnapshot } from './snapshot.js';

/** The phase that is under way: the first that has not ended. */
export function currentPhase({ phases }: Pick<RunSnapshot, 'phases'>): PhaseStatus | undefined {
  return phases.find((phase) => phase.endedAt === undefined && phase.state !== 'completed');
}

/** The state of a run as people mean it: a migration whose phase waits for somebody is waiting. */
export function effectiveState(snapshot: RunSnapshot): RunState {
  const { run, rollbacks } = snapshot;
  if (run.outcome) return run.state;
  if (rollbacks.some((rollback) => rollback.state === 'on hold')) return 'on hold';
  if (run.state === 'waiting for locks' || run.state === 'rolling back') return run.state;
  if (run.held) return 'on hold';
  // The run hears of its phase a moment later.
  const state = currentPhase(snapshot)?.state ?? run.state;
  // What runs is finished, but nothing goes on until somebody resumes it.
  return run.paused && state === 'running' ? 'paused' : state;
}
