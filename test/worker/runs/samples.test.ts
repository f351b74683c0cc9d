import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { runMetrics } from '../../../src/plan/run-metrics.js';
import type { Gate, PhaseStatus, RollbackStatus, RunStatus, StepRecord } from '../../../src/plan/run-status.js';
import type { AlertStatus, GuardStatus, IncidentStatus } from '../../../src/plan/watch-status.js';
import { runGauges } from '../../../src/worker/runs/run-gauges.js';
import { samplesOf, type Sample } from '../../../src/worker/runs/samples.js';
import type { SeenRun } from '../../../src/worker/runs/seen.js';

const step = (id: string, attempt: number, change: Partial<StepRecord> = {}): StepRecord => ({
  address: `1a/${id}#${attempt}`,
  id,
  part: 'steps',
  kind: 'check',
  title: id,
  state: 'passed',
  ...change,
});

const status = {
  state: 'running',
  rollbacks: [],
  phases: [
    { id: '1a', title: '', state: 'completed', workflowId: 'm/phase/1a', startedAt: 1000, endedAt: 2000 },
    {
      id: '1b',
      title: '',
      state: 'running',
      workflowId: 'm/phase/1b',
      startedAt: 3000,
      now: { state: 'on hold', sentence: '' },
    },
    { id: '1c', title: '', state: 'pending', workflowId: 'm/phase/1c' },
  ],
} as unknown as RunStatus;

const phase = {
  phase: '1b',
  gates: [{ kind: 'hold' } as Gate],
  steps: [
    step('smoke', 1, { state: 'failed', verdict: 'FAIL' }),
    step('smoke', 2, { state: 'on hold', verdict: 'HOLD' }),
    step('deploy', 1, { state: 'running' }),
  ],
} as unknown as PhaseStatus;

const entry = (cannotUndo?: string): NonNullable<NonNullable<SeenRun['open']>['inForce']>[number] =>
  ({ id: 'x', ...(cannotUndo === undefined ? {} : { cannotUndo }) }) as never;

const run: SeenRun = {
  plan: 'p',
  state: 'running',
  startedAt: 500_000,
  open: {
    status,
    phases: [phase],
    inForce: [entry(), entry()],
    flags: new Map([
      ['ON', { type: 'flag', key: 'ON', exists: true, enabled: true, percent: 25, include: [] }],
      ['OFF', { type: 'flag', key: 'OFF', exists: true, enabled: false, percent: 100, include: [] }],
      ['LOST', undefined],
    ]),
  },
  guard: {
    state: 'watching',
    metrics: [
      { metric: 'errors', state: 'critical', since: 0 },
      { metric: 'latency', state: 'ok', since: 0, baseline: 0.25 },
    ],
    alerts: [],
  } as unknown as GuardStatus,
  rollbacks: [],
  alerts: [{ metric: 'errors', level: 'critical', state: 'firing', escalatedAt: 1 } as AlertStatus],
  incidents: [{ number: 3, severity: 1, state: 'open', warRoom: {} } as IncidentStatus],
  silent: { gates: false, alerts: false, incidents: false },
};

function told(samples: readonly Sample[]): string[] {
  return samples.map(({ name, labels, value }) => {
    const { environment: _, plan: __, ...own } = labels;
    const text = Object.entries(own).map(([label, words]) => `${label}=${words}`);
    return `${name}{${text.join(',')}} ${value}`;
  });
}

const look = (change: Partial<SeenRun> = {}): Sample[] =>
  samplesOf('e', { at: 7000, unread: 2, asked: 7, runs: [{ ...run, ...change }] });

describe('what did not answer', () => {
  it.each([
    ['gates', /phasegate_gates_open/],
    ['alerts', /phasegate_alerts_escalated/],
    ['incidents', /phasegate_(incidents_escalated|war_rooms_open)/],
  ] as const)('is not counted as none: %s', (what, count) => {
    const counted = (silent: boolean): boolean =>
      told(look({ silent: { ...run.silent, [what]: silent } })).some((sample) => count.test(sample));
    expect(counted(false)).toBe(true);
    expect(counted(true)).toBe(false);
  });
});

describe('what a worker exports of a run', () => {
  it('is its state, its phases, steps, gates and flags, and who watches over it', () => {
    expect(told(look())).toEqual([
      'phasegate_runs_read_success{} 1',
      'phasegate_runs_read_timestamp_seconds{} 7',
      'phasegate_runs_unread{} 2',
      'phasegate_run_state{state=running} 1',
      'phasegate_run_started_timestamp_seconds{} 500',
      'phasegate_run_read{} 1',
      'phasegate_run_rollbacks{} 0',
      'phasegate_phase_state{phase=1a,state=completed} 1',
      'phasegate_phase_started_timestamp_seconds{phase=1a} 1',
      'phasegate_phase_state{phase=1b,state=on hold} 1',
      'phasegate_phase_started_timestamp_seconds{phase=1b} 3',
      'phasegate_phase_state{phase=1c,state=pending} 1',
      'phasegate_step_state{phase=1b,step=smoke,state=on hold} 1',
      'phasegate_step_attempts{phase=1b,step=smoke} 2',
      'phasegate_step_verdict{phase=1b,step=smoke,verdict=HOLD} 1',
      'phasegate_step_state{phase=1b,step=deploy,state=running} 1',
      'phasegate_step_attempts{phase=1b,step=deploy} 1',
      'phasegate_changes_in_force{undo=possible} 2',
      'phasegate_changes_in_force{undo=impossible} 0',
      'phasegate_rollback_ready{} 1',
      'phasegate_flag_read{flag=ON} 1',
      'phasegate_flag_enabled{flag=ON} 1',
      'phasegate_flag_exposure_ratio{flag=ON} 0.25',
      'phasegate_flag_read{flag=OFF} 1',
      'phasegate_flag_enabled{flag=OFF} 0',
      'phasegate_flag_exposure_ratio{flag=OFF} 0',
      'phasegate_flag_read{flag=LOST} 0',
      'phasegate_gates_open{kind=approval} 0',
      'phasegate_gates_open{kind=attestation} 0',
      'phasegate_gates_open{kind=hold} 1',
      'phasegate_guard_state{state=watching} 1',
      'phasegate_metric_state{metric=errors,state=critical} 1',
      'phasegate_metric_state{metric=latency,state=ok} 1',
      'phasegate_metric_baseline{metric=latency} 0.25',
      'phasegate_alert_state{metric=errors,level=critical,state=firing} 1',
      'phasegate_alerts_escalated{} 1',
      'phasegate_incident_state{incident=3,severity=1,state=open} 1',
      'phasegate_incidents_escalated{} 0',
      'phasegate_war_rooms_open{} 1',
    ]);
  });

  it('counts the gates of a rollback too, also when its run has ended', () => {
    const stuck = { gates: [{ kind: 'hold' }] } as unknown as RollbackStatus;
    expect(told(look({ rollbacks: [stuck] }))).toContain('phasegate_gates_open{kind=hold} 2');
    const { open: _, ...ended } = run;
    const gates = (rollbacks: RollbackStatus[]): string[] =>
      told(samplesOf('e', { at: 0, unread: 0, asked: 1, runs: [{ ...ended, rollbacks }] })).filter((text) =>
        text.includes('gates_open')
      );
    expect(gates([stuck])).toContain('phasegate_gates_open{kind=hold} 1');
    expect(gates([])).toEqual([]);
  });

  it('counts neither the war room nor the escalation of an incident that is resolved', () => {
    const resolved = { number: 4, severity: 1, state: 'resolved', warRoom: {}, escalatedAt: 1 } as IncidentStatus;
    const samples = told(look({ incidents: [resolved] }));
    expect(samples).toContain('phasegate_incident_state{incident=4,severity=1,state=resolved} 1');
    expect(samples).toContain('phasegate_war_rooms_open{} 0');
    expect(samples).toContain('phasegate_incidents_escalated{} 0');
  });

  it('is only what Temporal knows where no worker answers for it, and nothing of its way back', () => {
    const { status: _, inForce: __, ...rest } = run.open ?? { phases: [], flags: new Map() };
    const samples = told(look({ open: { ...rest, phases: [], flags: new Map() } }));
    expect(samples).toContain('phasegate_run_read{} 0');
    expect(samples).toContain('phasegate_run_state{state=running} 1');
    expect(samples.filter((text) => /phase_state|rollback|gates|steps/.test(text))).toEqual([]);
  });

  it('says that the way back is closed, and nothing where nobody can tell', () => {
    const open = run.open;
    if (!open) throw new Error('it is open');
    expect(told(look({ open: { ...open, inForce: [entry('data is gone'), entry()] } }))).toEqual(
      expect.arrayContaining(['phasegate_rollback_ready{} 0', 'phasegate_changes_in_force{undo=impossible} 1'])
    );
    const { inForce: _, ...unsure } = open;
    expect(told(look({ open: unsure })).filter((text) => /rollback_ready|in_force/.test(text))).toEqual([]);
  });

  it('is nothing but the failure when a look failed', () => {
    expect(told(samplesOf('e', undefined))).toEqual(['phasegate_runs_read_success{} 0']);
  });

  it('has the names and labels of the catalogue, and all of the catalogue', () => {
    const samples = look();
    for (const { name, labels } of samples) {
      expect(Object.keys(labels).toSorted(), name).toEqual([...runMetrics[name].labels].toSorted());
    }
    expect(new Set(samples.map(({ name }) => name))).toEqual(new Set(Object.keys(runMetrics)));
  });

  it('replaces what was told before', async () => {
    const registry = new Registry();
    const show = runGauges(registry);
    show(look());
    expect(await registry.metrics()).toContain('phasegate_run_state{environment="e",plan="p",state="running"} 1');
    show(samplesOf('e', undefined));
    const text = await registry.metrics();
    expect(text.split('\n').filter((line) => line.startsWith('phasegate_'))).toEqual([
      'phasegate_runs_read_success{environment="e"} 0',
    ]);
  });
});

it('docs/monitoring.md has every exported name in the words of the endpoint', () => {
  const page = readFileSync(path.resolve(import.meta.dirname, '../../../docs/monitoring.md'), 'utf8');
  for (const [name, { help, labels }] of Object.entries(runMetrics)) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` `)) ?? '';
    const cells = row.split('|').map((cell) => cell.trim());
    expect(cells[2], name).toBe(labels.map((label) => `\`${label}\``).join(', '));
    expect(cells[3], name).toBe(help);
  }
});
