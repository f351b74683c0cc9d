import { phaseWorkflowId, remarksOf } from '../../plan/names.js';
import type { FrozenPlan } from '../../plan/model.js';
import { outcomeWords, type Outcome } from '../../plan/outcome.js';
import type { PhaseStatus, PhaseSummary, RollbackStatus, RunState, RunStatus } from '../../plan/run-status.js';
import type { Link } from '../connection/link.js';
import type { Described } from './describe.js';
import { readFamily, type Relative } from './family.js';
import { readHistory, readInput } from './history.js';
import { awaitedSentence, phaseFromHistory, rollbackFromHistory } from './phase-from-history.js';
import type { RunSnapshot } from './snapshot.js';

/**
 * What can be said of a run when its workflows do not answer: descriptions, search attributes, histories.
 *
 * @param why what is said about it
 */
export async function fallbackSnapshot(
  link: Link,
  described: Described,
  frozen: FrozenPlan,
  why: string
): Promise<RunSnapshot> {
  const family = await readFamily(link, described);
  const phases: PhaseStatus[] = [];
  const rollbacks: RollbackStatus[] = [];
  for (const { relative, history } of await Promise.all(
    family.map(async (relative) => ({ relative, history: await readHistory(link, relative) }))
  )) {
    if (relative.type === 'deploymentPhase') phases.push(phaseFromHistory(history, relative));
    const rollback = relative.type === 'rollback' ? rollbackFromHistory(history) : undefined;
    if (rollback) rollbacks.push(rollback);
  }
  const startedBy = ((await readInput(link, described)) as { startedBy?: string }).startedBy ?? 'unknown';
  return {
    schemaVersion: 1,
    at: Date.now(),
    run: runFrom(described, frozen, family, phases, startedBy),
    frozen,
    phases,
    rollbacks,
    windows: [],
    troubles: [],
    noWorker: why,
  };
}

function runFrom(
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
  return 'rolled back';
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
