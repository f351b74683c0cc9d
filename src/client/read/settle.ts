import { rollbackLine } from '../../plan/text/command-lines.js';
import type { Outcome } from '../../plan/outcome.js';
import { outcomeWords } from '../../plan/outcome.js';
import type { RollbackStatus, RunStatus } from '../../plan/run-status.js';
import type { RunLedger } from '../../plan/ledger-history.js';
import { stateAfter } from './fallback.js';

/** What is known about a closed execution beside its own status. */
export interface ClosedFacts {
  /** `TERMINATED`, `COMPLETED`, ... as Temporal calls it. */
  status: string;
  closedAt: number;
  /** From the memo: the migration's own last word, absent when it was stopped before it could say it. */
  outcome?: Outcome;
  /** Phases and rollbacks of the run that were open before any of them was read. */
  stillOpen: number;
  /** Rollbacks that the CLI started after the run's end, oldest first. */
  again: RollbackStatus[];
  /** Needed only without an outcome. */
  ledger?: RunLedger;
  /** All rollbacks of the run. */
  rollbacks: RollbackStatus[];
}

/**
 * How a closed run stands. Its own status is silent about what happened afterwards: a termination, phases that undo
 * themselves since, and rollbacks on demand.
 */
export function settle(run: RunStatus, facts: ClosedFacts): RunStatus {
  if (facts.stillOpen > 0) return ongoing(run, facts);
  const outcome = outcomeOf(facts, run.workflowId.replace(/^migration\//, ''));
  return {
    ...run,
    state: stateAfter(outcome),
    outcome,
    sentence: `${outcomeWords(outcome.kind)}: ${outcome.reason}`,
  };
}

function ongoing(run: RunStatus, facts: ClosedFacts): RunStatus {
  const { outcome: _ended, ...open } = run;
  const undoing = facts.again.find((rollback) => rollback.state !== 'rolled back');
  const sentence = undoing?.sentence ?? `The run is ${facts.status.toLowerCase()}; what was open undoes itself.`;
  return { ...open, state: undoing?.state === 'on hold' ? 'on hold' : 'rolling back', sentence };
}

function outcomeOf(facts: ClosedFacts, name: string): Outcome {
  const last = facts.again.at(-1);
  if (last) return afterRollback(last, facts.closedAt);
  if (facts.outcome) return facts.outcome;
  return withoutLastWord(facts, name);
}

/** The outcome that a rollback after the end of a run leaves. */
export function afterRollback(
  rollback: Pick<RollbackStatus, 'endedAt' | 'verified' | 'reason' | 'verification'>,
  closedAt: number
): Outcome {
  const endedAt = rollback.endedAt ?? closedAt;
  if (rollback.verified) return { kind: 'rolled-back-verified', reason: rollback.reason, endedAt };
  return {
    kind: 'rolled-back-not-verified',
    reason: rollback.verification ?? 'nothing says that it was verified',
    endedAt,
  };
}

function withoutLastWord({ status, closedAt, ledger, rollbacks }: ClosedFacts, name: string): Outcome {
  const how = `the run was ${status.toLowerCase().replace('_', ' ')}`;
  if (!ledger)
    return { kind: 'rolled-back-not-verified', reason: `${how} and its ledger could not be read`, endedAt: closedAt };
  if (ledger.entries.length === 0) {
    const reason = `${how} before any change; its locks are given back by: ${rollbackLine(name)}`;
    return { kind: 'failed', reason, endedAt: closedAt };
  }
  if (ledger.open.length > 0) {
    const ids = ledger.open.map((entry) => entry.id).join(', ');
    return {
      kind: 'rolled-back-not-verified',
      reason: `${how}; still in force: ${ids}. Finish it with: ${rollbackLine(name)}`,
      endedAt: closedAt,
    };
  }
  const verifiedLast = rollbacks.some((rollback) => rollback.verified === true && !rollback.verifiedByRun);
  const unverified = rollbacks.find(
    ({ verified, verifiedByRun }) => verified !== true && !(verifiedByRun && verifiedLast)
  );
  if (rollbacks.length === 0 || unverified) {
    const why = unverified?.verification ?? 'no rollback says that it was verified';
    return {
      kind: 'rolled-back-not-verified',
      reason: `${how} and everything was undone, but ${why}`,
      endedAt: closedAt,
    };
  }
  const reason = `${how}, and everything was undone; its locks are given back by: ${rollbackLine(name)}`;
  return { kind: 'rolled-back-verified', reason, endedAt: closedAt };
}
