import type { RollbackResult, RollbackStatus, RunState } from './run-status.js';

/** How a run ended, in words and as the exit code of the CLI. */
export const outcomeKinds = ['completed', 'failed', 'rolled-back-verified', 'rolled-back-not-verified'] as const;
export type OutcomeKind = (typeof outcomeKinds)[number];

export interface Outcome {
  kind: OutcomeKind;
  /** Why, in one line; for a completed run what was done. */
  reason: string;
  endedAt: number;
}

/** The exit codes of the CLI; `phasegate help exit-codes` prints them. */
export const exitCodes = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  failed: 3,
  rolledBackVerified: 4,
  waiting: 5,
  notFound: 6,
  notAllowed: 7,
  unreachable: 8,
  rolledBackNotVerified: 9,
  foundTrouble: 10,
  timeout: 124,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const byKind: Record<OutcomeKind, { words: string; exitCode: ExitCode }> = {
  completed: { words: 'completed', exitCode: exitCodes.ok },
  failed: { words: 'failed', exitCode: exitCodes.failed },
  'rolled-back-verified': { words: 'rolled back, verified', exitCode: exitCodes.rolledBackVerified },
  'rolled-back-not-verified': { words: 'rolled back, NOT verified', exitCode: exitCodes.rolledBackNotVerified },
};

/** How a phase stands when its rollback is over. */
export function stateAfterRollback({
  verified,
  verifiedByRun,
  lost,
}: Pick<RollbackResult, 'verified' | 'verifiedByRun' | 'lost'>): RunState {
  if (lost) return 'NOT rolled back';
  return verified || verifiedByRun ? 'rolled back' : 'rolled back, NOT verified';
}

/** What a rollback is called: by its phases, newest first; one of none only verifies that all is well. */
export function rollbackName({ phases }: Pick<RollbackStatus, 'phases'>): string {
  return phases.length > 0 ? `rollback of ${phases.join(', ')}` : 'rollback with nothing left to undo';
}

/** What a rollback that has ended says of its verification. */
export function verificationWords({
  verified,
  verifiedByRun,
  verification,
}: Pick<RollbackStatus, 'verified' | 'verifiedByRun' | 'verification'>): string {
  if (verified) return 'verified';
  if (verifiedByRun) return 'read back, to be verified with the rest of the run';
  return `NOT verified: ${verification ?? 'no reason is known'}`;
}

export function outcomeWords(kind: OutcomeKind): string {
  return byKind[kind].words;
}

export function outcomeExitCode(kind: OutcomeKind): ExitCode {
  return byKind[kind].exitCode;
}
