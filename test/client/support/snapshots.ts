import type { WindowHeartbeat } from '../../../src/activities/contract.js';
import type { RunSnapshot } from '../../../src/client/read/snapshot.js';
import type { LedgerEntry } from '../../../src/plan/change.js';
import { startWindow } from '../../../src/plan/judge.js';
import type { FrozenPlan, Phase } from '../../../src/plan/model.js';
import { phaseWorkflowId, remarksOf } from '../../../src/plan/names.js';
import type {
  Gate,
  PhaseStatus,
  RollbackStatus,
  RunStatus,
  StepRecord,
  UndoRecord,
} from '../../../src/plan/run-status.js';
import { approval, environment, phase, plan, step, windowSpec } from '../../support/stage/plans.js';

/** Snapshots as a running system would give them, for what is drawn from them. All times count from `t`. */
export const t = Date.UTC(2026, 10, 22, 21, 30, 0);
export const second = 1_000;
export const runId = '01a20553-7258-7e34-ac95-647dfc8bec10';
export const workflowId = 'migration/demo/test-plan';
export const digest = `sha256:${'9f3c21ab04de'.padEnd(64, '0')}`;

const phases: Phase[] = [
  phase('1a', {
    title: 'Agent execution core',
    before: [step.check('backups'), step.attest('team')],
    steps: [step.flag('enable'), step.deploy('core'), step.watch('window')],
    success: windowSpec(),
    approval: approval(),
  }),
  phase('1b', { title: 'Workflow orchestrator', after: ['1a'], steps: [step.flag('tools', { percent: 100 })] }),
];

export function frozen(change: Partial<FrozenPlan> = {}): FrozenPlan {
  return { digest, plan: plan(phases), environment: environment('demo'), vars: {}, ...change };
}

export function run(change: Partial<RunStatus> = {}): RunStatus {
  const { plan: planned, environment: where } = frozen();
  return {
    schemaVersion: 1,
    workflowId,
    runId,
    plan: { id: planned.id, title: planned.title, digest },
    environment: { id: where.id, kind: where.kind, trust: where.trust },
    startedBy: 'dana',
    startedAt: t,
    state: 'running',
    phases: planned.phases.map(({ id, title }) => ({
      id,
      title,
      state: id === '1a' ? 'running' : 'pending',
      workflowId: phaseWorkflowId(workflowId, id),
      ...(id === '1a' ? { runId: `run-${id}`, startedAt: t } : {}),
    })),
    rollbacks: [],
    refusals: [],
    sentence: 'Phase 1a (Agent execution core) is under way; 1b comes next.',
    remarks: remarksOf(where),
    ...change,
  };
}

export function phaseStatus(change: Partial<PhaseStatus> = {}): PhaseStatus {
  return {
    schemaVersion: 1,
    phase: '1a',
    title: 'Agent execution core',
    workflowId: phaseWorkflowId(workflowId, '1a'),
    runId: 'run-1a',
    state: 'running',
    startedAt: t,
    steps: [],
    gates: [],
    decisions: [],
    waivers: [],
    ledger: [],
    refusals: [],
    sentence: '',
    ...change,
  };
}

export function record(id: string, change: Partial<StepRecord> = {}): StepRecord {
  const part = change.part ?? 'steps';
  return {
    address: `1a/${id}#1`,
    id,
    part,
    kind: 'check',
    title: `Step ${id}`,
    state: 'passed',
    startedAt: t,
    endedAt: t + second,
    verdict: 'PASS',
    reason: 'as wanted',
    ...change,
  };
}

export function approvalGate(change: Partial<Gate> = {}): Gate {
  return {
    address: '1a/approval#1',
    kind: 'approval',
    title: 'Approval of Agent execution core',
    reason: 'the phase has shown what it should; people decide whether it stays',
    roles: { lead: 1 },
    people: ['erin', 'lee'],
    decisions: [],
    openedAt: t + 30 * second,
    deadlineAt: t + 90 * second,
    then: 'roll back',
    digest,
    answers: ['approve', 'reject'],
    ...change,
  };
}

export function holdGate(change: Partial<Gate> = {}): Gate {
  return approvalGate({
    address: '1a/window#1',
    kind: 'hold',
    title: 'Watch window',
    reason: 'success could not be judged on 3 samples in a row (connection refused)',
    roles: { cto: 1 },
    people: ['dana', 'carlos'],
    answers: ['retry', 'rollback', 'waive'],
    ...change,
  });
}

export function entry(step_: string, change: LedgerEntry['change'], over: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    id: `1a/${step_}#1`,
    phase: '1a',
    step: step_,
    attempt: 1,
    title: `Step ${step_}`,
    change,
    before:
      change.type === 'flag'
        ? { type: 'flag', key: change.key, exists: true, enabled: false, percent: 0, include: [] }
        : { type: 'deploy', target: change.target, revision: 'v1' },
    capturedAt: t,
    runId: 'run-1a',
    idempotencyKey: `key/${step_}`,
    ...over,
  };
}

export const flagEntry = entry('enable', { type: 'flag', key: 'FLAG_CORE', enabled: true, percent: 5 });
export const deployEntry = entry('core', { type: 'deploy', target: 'core', revision: 'v2', repeatable: true });

export function undo(entryId: string, change: Partial<UndoRecord> = {}): UndoRecord {
  return {
    entryId,
    covers: [],
    title: `flag/FLAG_CORE back to off`,
    state: 'done',
    endedAt: t + 60 * second,
    ...change,
  };
}

export function rollback(change: Partial<RollbackStatus> = {}): RollbackStatus {
  return {
    schemaVersion: 1,
    workflowId: `${workflowId}/rollback/1a`,
    runId: 'run-rollback',
    state: 'rolled back',
    reason: 'success breached',
    phases: ['1a'],
    startedAt: t + 50 * second,
    endedAt: t + 70 * second,
    undos: [undo('1a/enable#1')],
    checks: [],
    verified: true,
    verification: 'healthy',
    gates: [],
    refusals: [],
    sentence: 'Rolled back, verified.',
    ...change,
  };
}

export function heartbeat(
  values: number[],
  { t0 = t + 10 * second, address = '1a/window#1' }: { t0?: number; address?: string } = {}
): WindowHeartbeat {
  const state = startWindow(windowSpec(), t0);
  const [criterion] = state.criteria;
  const ok = values.filter((value) => value > 0.95).length;
  if (criterion) {
    criterion.ok = ok;
    criterion.breaches = values.length - ok;
    criterion.streak = values.length - 1 - values.findLastIndex((value) => value <= 0.95);
    const last = values.at(-1);
    if (last !== undefined) criterion.last = last;
    criterion.worst = Math.min(...values);
  }
  return {
    address,
    k: values.length - 1,
    dueAt: t0,
    latest: {},
    state: { ...state, nextK: values.length },
    chunks: [],
    pending: values.map((value, k) => ({ k, at: t0 + k, readings: { success: { kind: 'value', value } } })),
  };
}

export function snapshot(change: Partial<RunSnapshot> = {}): RunSnapshot {
  return {
    schemaVersion: 1,
    at: t + 45 * second,
    run: run(),
    frozen: frozen(),
    phases: [phaseStatus()],
    rollbacks: [],
    windows: [],
    troubles: [],
    ...change,
  };
}
