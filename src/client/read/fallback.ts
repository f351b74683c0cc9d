import { phaseWorkflowId, remarksOf } from '../../plan/names.js';
import type { FrozenPlan } from '../../plan/model.js';
import { outcomeWords, stateAfterRollback, type Outcome } from '../../plan/outcome.js';
import type { PhaseStatus, PhaseSummary, RunState, RunStatus } from '../../plan/run-status.js';
import type { Described } from './describe.js';
import type { Relative } from './family.js';
import { awaitedSentence } from './phase-from-history.js';

/** What can be said of a migration that does not answer: description, search attributes, and its phases. */
export function runFromOutside(
  described: Described,
  frozen: FrozenPlan,
  family: readonly Relative[],
  phases: readonly PhaseStatus[],
  startedBy: string
): RunStatus {
  const { plan, environment, digest } = frozen;
  const current = family.filter((relative) => relative.open && relative.type === 'deploymentPhase').at(-1);
  return {
    schemaVersion: 1,
    workflowId: described.workflowId,
    runId: described.runId,
    plan: { id: plan.id, title: plan.title, digest },
    environment: {
      id: environment.id,
      kind: environment.kind,
      trust: environment.trust,
      ...(environment.compression ? { compression: environment.compression } : {}),
    },
    startedBy,
    startedAt: described.startedAt,
    state: described.outcome ? stateAfter(described.outcome) : (described.state ?? 'running'),
    phases: plan.phases.map((phase) => summaryOf(phase, described.workflowId, family, phases)),
    rollbacks: family.filter((relative) => relative.type === 'rollback').map((relative) => relative.workflowId),
    refusals: [],
    ...(described.outcome ? { outcome: described.outcome } : {}),
    sentence: described.outcome
      ? `${outcomeWords(described.outcome.kind)}: ${described.outcome.reason}`
      : awaitedSentence(current ?? described),
    remarks: remarksOf(environment),
  };
}

export function stateAfter(outcome: Outcome): RunState {
  if (outcome.kind === 'completed' || outcome.kind === 'failed') return outcome.kind;
  return stateAfterRollback({ verified: outcome.kind === 'rolled-back-verified' });
}

function summaryOf(
  phase: { id: string; title: string },
  migration: string,
  family: readonly Relative[],
  phases: readonly PhaseStatus[]
): PhaseSummary {
  const workflowId = phaseWorkflowId(migration, phase.id);
  const relative = family.findLast((one) => one.workflowId === workflowId);
  const status = phases.findLast((one) => one.phase === phase.id);
  if (!relative || !status) return { id: phase.id, title: phase.title, state: 'pending', workflowId };
  return {
    id: phase.id,
    title: phase.title,
    state: status.state,
    workflowId,
    runId: relative.runId,
    startedAt: relative.startedAt,
    ...(relative.closedAt === undefined ? {} : { endedAt: relative.closedAt }),
  };
}
