import { isUnresolved } from '../../plan/incidents/status.js';
import type { RunMetric } from '../../plan/run-metrics.js';
import type { PhaseStatus, StepRecord } from '../../plan/run-status.js';
import type { Look, SeenRun } from './seen.js';

export interface Sample {
  name: RunMetric;
  labels: Record<string, string>;
  value: number;
}

/** What a look says, as samples; `undefined` is a look that failed, of which nothing else is told. */
export function samplesOf(environment: string, look: Look | undefined): Sample[] {
  if (!look) return [{ name: 'phasegate_runs_read_success', labels: { environment }, value: 0 }];
  return [
    { name: 'phasegate_runs_read_success', labels: { environment }, value: 1 },
    { name: 'phasegate_runs_read_timestamp_seconds', labels: { environment }, value: look.at / 1000 },
    { name: 'phasegate_runs_unread', labels: { environment }, value: look.unread },
    ...look.runs.flatMap((run) => runSamples(environment, run)),
  ];
}

type Tell = (name: RunMetric, value: number, labels?: Record<string, string>) => Sample;

function runSamples(environment: string, run: SeenRun): Sample[] {
  const tell: Tell = (name, value, labels = {}) => ({
    name,
    labels: { environment, plan: run.plan, ...labels },
    value,
  });
  return [
    tell('phasegate_run_state', 1, { state: run.state }),
    tell('phasegate_run_started_timestamp_seconds', run.startedAt / 1000),
    ...(run.open ? openSamples(run.open, tell) : []),
    ...gateSamples(run, tell),
    ...watchSamples(run, tell),
  ];
}

function openSamples({ status, phases, inForce, flags }: NonNullable<SeenRun['open']>, tell: Tell): Sample[] {
  const flagSamples = [...flags].flatMap(([flag, state]) =>
    state === undefined
      ? [tell('phasegate_flag_read', 0, { flag })]
      : [
          tell('phasegate_flag_read', 1, { flag }),
          tell('phasegate_flag_enabled', state.enabled ? 1 : 0, { flag }),
          tell('phasegate_flag_exposure_ratio', state.enabled ? state.percent / 100 : 0, { flag }),
        ]
  );
  if (!status) return [tell('phasegate_run_read', 0), ...flagSamples];
  return [
    tell('phasegate_run_read', 1),
    tell('phasegate_run_rollbacks', status.rollbacks.length),
    ...status.phases.flatMap(({ id, state, now, startedAt }) => [
      tell('phasegate_phase_state', 1, { phase: id, state: now?.state ?? state }),
      ...(startedAt === undefined
        ? []
        : [tell('phasegate_phase_started_timestamp_seconds', startedAt / 1000, { phase: id })]),
    ]),
    ...phases.flatMap((phase) => stepSamples(phase, tell)),
    ...(inForce ? wayBackSamples(inForce, tell) : []),
    ...flagSamples,
  ];
}

const gateKinds = ['approval', 'attestation', 'hold'] as const;

/** Of a run that has ended only while something of it is taken back: nobody waits for people after that. */
function gateSamples({ open, rollbacks, silent }: SeenRun, tell: Tell): Sample[] {
  if (silent.gates || (open ? !open.status : rollbacks.length === 0)) return [];
  const gates = [...(open?.phases ?? []), ...rollbacks].flatMap((owner) => owner.gates);
  return gateKinds.map((kind) =>
    tell('phasegate_gates_open', gates.filter((gate) => gate.kind === kind).length, { kind })
  );
}

/** Of each step its latest attempt. */
function stepSamples({ phase, steps }: PhaseStatus, tell: Tell): Sample[] {
  const latest = new Map<string, { record: StepRecord; attempts: number }>();
  for (const record of steps) latest.set(record.id, { record, attempts: (latest.get(record.id)?.attempts ?? 0) + 1 });
  return [...latest].flatMap(([step, { record, attempts }]) => [
    tell('phasegate_step_state', 1, { phase, step, state: record.state }),
    tell('phasegate_step_attempts', attempts, { phase, step }),
    ...(record.verdict === undefined
      ? []
      : [tell('phasegate_step_verdict', 1, { phase, step, verdict: record.verdict })]),
  ]);
}

function wayBackSamples(inForce: ReadonlyArray<{ cannotUndo?: string }>, tell: Tell): Sample[] {
  const impossible = inForce.filter(({ cannotUndo }) => cannotUndo !== undefined).length;
  return [
    tell('phasegate_changes_in_force', inForce.length - impossible, { undo: 'possible' }),
    tell('phasegate_changes_in_force', impossible, { undo: 'impossible' }),
    tell('phasegate_rollback_ready', impossible > 0 ? 0 : 1),
  ];
}

function watchSamples({ guard, alerts, incidents, silent }: SeenRun, tell: Tell): Sample[] {
  return [
    ...(guard ? [tell('phasegate_guard_state', 1, { state: guard.state })] : []),
    ...(guard?.metrics ?? []).map(({ metric, state }) => tell('phasegate_metric_state', 1, { metric, state })),
    ...(guard?.metrics ?? []).flatMap(({ metric, baseline }) =>
      baseline === undefined ? [] : [tell('phasegate_metric_baseline', baseline, { metric })]
    ),
    ...alerts.map(({ metric, level, state }) => tell('phasegate_alert_state', 1, { metric, level, state })),
    ...(silent.alerts ? [] : [tell('phasegate_alerts_escalated', escalated(alerts))]),
    ...incidents.map(({ number, severity, state }) =>
      tell('phasegate_incident_state', 1, { incident: String(number), severity: String(severity), state })
    ),
    ...(silent.incidents ? [] : incidentCounts(incidents, tell)),
  ];
}

/** A resolved incident keeps its war room and its escalation in its record until the post-mortem; nobody waits in either. */
function incidentCounts(incidents: SeenRun['incidents'], tell: Tell): Sample[] {
  const unresolved = incidents.filter(isUnresolved);
  const rooms = unresolved.filter(({ warRoom }) => warRoom !== undefined);
  return [tell('phasegate_incidents_escalated', escalated(unresolved)), tell('phasegate_war_rooms_open', rooms.length)];
}

function escalated(of: ReadonlyArray<{ escalatedAt?: number }>): number {
  return of.filter(({ escalatedAt }) => escalatedAt !== undefined).length;
}
