import path from 'node:path';
import type { RunSnapshot } from '../../../src/client/read/snapshot.js';
import { noWatch, type WatchParts } from '../../../src/client/read/watch-parts.js';
import type { RunReader } from '../../../src/client/dashboard/look.js';
import type { LedgerEntry } from '../../../src/plan/change.js';
import type { Reading } from '../../../src/plan/judge-types.js';
import type { FrozenPlan } from '../../../src/plan/model.js';
import { migrationId, phaseWorkflowId, remarksOf } from '../../../src/plan/names.js';
import { readAndFreeze } from '../../../src/plan/read-and-freeze.js';
import type { Gate, PhaseStatus, RunState, StepRecord } from '../../../src/plan/run-status.js';
import { gateSentence } from '../../../src/plan/text/sentences.js';
import type { OpenSource } from '../../../src/worker/metric-source.js';

/** A run of the shipped plan as a reader would tell it, in the middle of phase 1C. All times count from `start`. */
export const start = Date.UTC(2026, 10, 22, 20, 0, 0);
export const now = start + 3_000_000;
const minute = 60_000;
const root = path.resolve(import.meta.dirname, '../../..').replace(/\/dist$/, '');
const runId = '01a20553-7258-7e34-ac95-647dfc8bec10';
const changedAt = start + 6 * minute;

export async function shippedPlan(): Promise<FrozenPlan> {
  const files = {
    plan: path.join(root, 'plans/user-execution-context.yaml'),
    environment: path.join(root, 'environments/demo.yaml'),
  };
  const vars = { platform: 'http://127.0.0.1:1', 'flags-file': 'flags.json', revision: 'v2' };
  const { frozen, faults } = await readAndFreeze(files, vars);
  if (!frozen) throw new Error(JSON.stringify(faults));
  return frozen;
}

function step(phase: string, id: string, change: Partial<StepRecord> = {}): StepRecord {
  return {
    address: `${phase}/${id}#1`,
    id,
    part: 'steps',
    kind: 'check',
    title: `Step ${id}`,
    state: 'passed',
    verdict: 'PASS',
    reason: 'as wanted',
    startedAt: changedAt,
    endedAt: changedAt + minute,
    ...change,
  };
}

function entry(phase: string, id: string, change: LedgerEntry['change'], before: LedgerEntry['before']): LedgerEntry {
  return {
    id: `${phase}/${id}#1`,
    phase,
    step: id,
    attempt: 1,
    title: `Step ${id}`,
    change,
    before,
    capturedAt: changedAt,
    runId: `run-${phase}`,
    idempotencyKey: `${phase}/${id}`,
  };
}

function ledgerOf(phase: string, frozen: FrozenPlan): LedgerEntry[] {
  const steps = frozen.plan.phases.find(({ id }) => id === phase)?.steps ?? [];
  return steps.flatMap((one) => {
    if (one.kind === 'flag') {
      const before = { type: 'flag', key: one.key, exists: true, enabled: false, percent: 0, include: [] } as const;
      return [entry(phase, one.id, { type: 'flag', key: one.key, enabled: true, percent: one.percent }, { ...before, include: [] })]; // prettier-ignore
    }
    if (one.kind === 'traffic') {
      return one.percents.map((percent, index) => {
        const from = index === 0 ? 5 : (one.percents[index - 1] ?? 0);
        const before = { type: 'flag', key: one.flag, exists: true, enabled: true, percent: from, include: [] } as const; // prettier-ignore
        return entry(phase, `${one.id}@${percent}`, { type: 'flag', key: one.flag, enabled: true, percent }, { ...before, include: [] }); // prettier-ignore
      });
    }
    if (one.kind !== 'deploy') return [];
    const { target, revision } = one;
    return [entry(phase, one.id, { type: 'deploy', target, revision, repeatable: true }, { type: 'deploy', target, revision: 'v1' })]; // prettier-ignore
  });
}

function phaseOf(id: string, frozen: FrozenPlan, state: RunState, from: number, to?: number): PhaseStatus {
  const phase = frozen.plan.phases.find((one) => one.id === id);
  const changes = ledgerOf(id, frozen);
  return {
    schemaVersion: 1,
    phase: id,
    title: phase?.title ?? id,
    workflowId: phaseWorkflowId(migrationId('demo', frozen.plan.id), id),
    runId: `run-${id}`,
    state,
    startedAt: start + from * minute,
    ...(to === undefined ? {} : { endedAt: start + to * minute }),
    ...(changes.length > 0 ? { changedAt: start + (from + 1) * minute } : {}),
    steps: [],
    gates: [],
    decisions: [],
    waivers: [],
    ledger: changes,
    refusals: [],
    sentence: '',
  };
}

export const hold: Gate = {
  address: '1c/window#1',
  kind: 'hold',
  title: '5. Track tool executions',
  reason: 'tool_success_rate could not be judged on 3 samples in a row (no answer within 5s)',
  roles: { 'engineering-lead': 1 },
  people: ['erin', 'enzo'],
  decisions: [],
  openedAt: now - 90_000,
  deadlineAt: now + 7 * minute,
  then: 'roll back',
  digest: 'sha256:1',
  answers: ['retry', 'rollback', 'waive'],
};

/** In the success window of 1C, with everything well. */
export async function scene(change: Partial<RunSnapshot> = {}): Promise<RunSnapshot> {
  const frozen = await shippedPlan();
  const { plan, environment, digest } = frozen;
  const workflowId = migrationId(environment.id, plan.id);
  const before = phaseOf('pre-deployment', frozen, 'completed', 0, 4);
  const readiness = { title: 'Rollback tests: all ways back are validated in staging', startedAt: start, endedAt: start + minute }; // prettier-ignore
  before.steps.push(step('pre-deployment', 'rollback-tests', { part: 'before', ...readiness }));
  const running = phaseOf('1c', frozen, 'running', 34);
  running.steps.push(
    step('1c', 'enable', { kind: 'flag', title: '1. Enable the feature flag' }),
    step('1c', 'success', {
      kind: 'watch',
      part: 'success',
      title: 'Success criteria of Tool dispatcher',
      state: 'running',
      startedAt: now - 4 * minute,
    })
  );
  delete running.steps[1]?.endedAt;
  const first = phaseOf('1a', frozen, 'completed', 5, 22);
  first.baseline = { at: start, values: { workflow_duration: 2.3 }, missing: {}, evidence: { digest: 'sha256:2', bytes: 1 } }; // prettier-ignore
  const phases = [before, first, phaseOf('1b', frozen, 'completed', 22, 34), running];
  return {
    schemaVersion: 1,
    at: now - 400,
    run: {
      schemaVersion: 1,
      workflowId,
      runId,
      plan: { id: plan.id, title: plan.title, digest },
      environment: { id: environment.id, kind: environment.kind, trust: environment.trust },
      startedBy: 'dana',
      startedAt: start,
      state: 'running',
      phases: plan.phases.map(({ id, title }) => {
        const status = phases.find(({ phase }) => phase === id);
        return {
          id,
          title,
          state: status?.state ?? 'pending',
          workflowId: phaseWorkflowId(workflowId, id),
          ...(status ? { runId: status.runId, startedAt: status.startedAt } : {}),
          ...(status?.endedAt === undefined ? {} : { endedAt: status.endedAt }),
        };
      }),
      rollbacks: [],
      refusals: [],
      sentence: 'Phase 1c (Tool dispatcher) is under way; 1d comes next.',
      remarks: remarksOf(environment),
    },
    frozen,
    phases,
    rollbacks: [],
    windows: [],
    troubles: [],
    ...change,
  };
}

/** The same with its phase on hold. */
export async function sceneOnHold(): Promise<RunSnapshot> {
  const calm = await scene();
  const last = calm.phases.at(-1);
  if (last) Object.assign(last, { state: 'on hold', gates: [hold], sentence: gateSentence(hold) });
  last?.steps.push(step('1c', 'window', { kind: 'watch', title: hold.title, state: 'on hold', reason: hold.reason, endedAt: hold.openedAt })); // prettier-ignore
  return calm;
}

export const usual: Readonly<Record<string, number>> = {
  golden_path_success_rate: 0.987,
  user_isolation_violations: 0,
  chat_response_quality: 0.972,
  agent_execution_success_rate: 0.983,
  websocket_event_delivery_rate: 0.994,
  context_validation_failures: 0.0024,
  memory_usage_per_context: 7_400_000,
  response_time_p95: 1.21,
  database_connection_pool_usage: 0.46,
  concurrent_user_contexts: 412,
  error_rate: 0.0031,
  workflow_success_rate: 0.981,
  workflow_duration: 2.4,
  tool_success_rate: 0.979,
  connection_success_rate: 0.991,
  event_delivery_within_1s: 0.996,
  event_latency: 0.062,
  platform_uptime: 1,
};

export interface FakeSource extends OpenSource {
  /** What it answers now, in place of the usual. */
  readings: Map<string, Reading>;
  /** How often it was asked for an instant, and for a range. */
  asked: { at: number; range: number };
}

/** A source whose values move a little with time, the same for the same instant. */
export function fakeSource(values: Readonly<Record<string, number>> = usual): FakeSource {
  const readings = new Map<string, Reading>();
  const asked = { at: 0, range: 0 };
  const reading = (metric: string, at: number): Reading => {
    const set = readings.get(metric);
    if (set) return set;
    if (metric === 'chat_requests') return { kind: 'value', value: Math.round(((at - start) / 1000) * (42 + 6 * Math.sin(at / 400_000))) }; // prettier-ignore
    const usualValue = values[metric] ?? 0;
    if (usualValue === 1) return { kind: 'value', value: 1 };
    const wave = Math.sin(at / 97_000 + metric.length) * 0.012 + Math.sin(at / 31_000 + metric.length) * 0.006;
    const moved = usualValue * (1 + wave);
    return { kind: 'value', value: usualValue > 0.9 && usualValue < 1 ? Math.min(1, moved) : moved };
  };
  return {
    readings,
    asked,
    sinceChange: new Set(['user_isolation_violations', 'chat_requests', 'tool_failures', 'permission_failures', 'state_corruptions', 'agent_coordination_failures']), // prettier-ignore
    at(metrics, instant) {
      asked.at += 1;
      return Promise.resolve(Object.fromEntries(metrics.map((metric) => [metric, reading(metric, instant)])));
    },
    range(metrics, instants) {
      asked.range += 1;
      const row = (at: number): Record<string, Reading> => Object.fromEntries(metrics.map((metric) => [metric, reading(metric, at)])); // prettier-ignore
      return Promise.resolve(instants.map(row));
    },
  };
}

/** A reader that tells the same until somebody changes it. */
export class FakeReader implements RunReader {
  snapshot: RunSnapshot;
  parts: WatchParts = noWatch;
  error: Error | undefined;
  reads = 0;

  constructor(snapshot: RunSnapshot) {
    this.snapshot = snapshot;
  }

  read(): Promise<RunSnapshot> {
    this.reads += 1;
    return this.error ? Promise.reject(this.error) : Promise.resolve(this.snapshot);
  }

  watch(): Promise<WatchParts> {
    return Promise.resolve(this.parts);
  }

  windows(): Promise<[]> {
    return Promise.resolve([]);
  }
}
