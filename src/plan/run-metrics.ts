/**
 * What a worker exports about the runs of its environment, by name: what dashboards and rules may ask for. A state is a
 * label, and the series of the present state is 1; all others are absent.
 */
export const runMetrics = {
  phasegate_runs_read_success: {
    help: '1 when the latest look at the runs of the environment succeeded; at 0 nothing else is told of them',
    labels: ['environment'],
  },
  phasegate_runs_read_timestamp_seconds: {
    help: 'When the latest look at the runs that succeeded was',
    labels: ['environment'],
  },
  phasegate_runs_unread: {
    help: 'Open executions that the latest look left out: it reads 400, runs and guards before their parts',
    labels: ['environment'],
  },
  phasegate_run_read: {
    help: '1 when the run told its status within the latest minute; at 0 only its state is told, as Temporal has it',
    labels: ['environment', 'plan'],
  },
  phasegate_run_state: {
    help: 'State of the run; one that has ended is told for a day',
    labels: ['environment', 'plan', 'state'],
  },
  phasegate_run_started_timestamp_seconds: { help: 'When the run started', labels: ['environment', 'plan'] },
  phasegate_run_rollbacks: { help: 'Rollbacks of the run so far', labels: ['environment', 'plan'] },
  phasegate_gates_open: {
    help: 'Points at which its phases and rollbacks wait for people: approval, attestation or hold',
    labels: ['environment', 'plan', 'kind'],
  },
  phasegate_phase_state: { help: 'State of each phase', labels: ['environment', 'plan', 'phase', 'state'] },
  phasegate_phase_started_timestamp_seconds: {
    help: 'When the phase started',
    labels: ['environment', 'plan', 'phase'],
  },
  phasegate_step_state: {
    help: 'State of the latest attempt of each step of the phases that are under way',
    labels: ['environment', 'plan', 'phase', 'step', 'state'],
  },
  phasegate_step_verdict: {
    help: 'Verdict of the latest attempt of such a step, once there is one',
    labels: ['environment', 'plan', 'phase', 'step', 'verdict'],
  },
  phasegate_step_attempts: {
    help: 'Attempts at such a step so far',
    labels: ['environment', 'plan', 'phase', 'step'],
  },
  phasegate_flag_read: {
    help: '1 when the flag system told of the flag within 2.5 s at the latest look; at 0 nothing else is told of it',
    labels: ['environment', 'plan', 'flag'],
  },
  phasegate_flag_enabled: { help: '1 while the flag is on', labels: ['environment', 'plan', 'flag'] },
  phasegate_flag_exposure_ratio: {
    help: 'Share of users whom the flag gives the new path, 0 to 1, as the flag system has it',
    labels: ['environment', 'plan', 'flag'],
  },
  phasegate_changes_in_force: {
    help: 'Changes of the run that are not undone, by whether they can be',
    labels: ['environment', 'plan', 'undo'],
  },
  phasegate_rollback_ready: {
    help: '1 while every change in force can be undone and some worker is there to do it; absent while nobody can tell',
    labels: ['environment', 'plan'],
  },
  phasegate_guard_state: { help: 'State of the watch over the run', labels: ['environment', 'plan', 'state'] },
  phasegate_metric_state: {
    help: 'What the guard last said of each metric',
    labels: ['environment', 'plan', 'metric', 'state'],
  },
  phasegate_metric_baseline: {
    help: 'What a metric that the guard watches was before the first change of the run, where that is known',
    labels: ['environment', 'plan', 'metric'],
  },
  phasegate_alert_state: {
    help: 'Alerts of the run that are open',
    labels: ['environment', 'plan', 'metric', 'level', 'state'],
  },
  phasegate_alerts_escalated: {
    help: 'Open alerts that nobody acknowledged in time',
    labels: ['environment', 'plan'],
  },
  phasegate_incident_state: {
    help: 'Incidents of the run that are not closed',
    labels: ['environment', 'plan', 'incident', 'severity', 'state'],
  },
  phasegate_incidents_escalated: {
    help: 'Such incidents, not resolved, that went to the next in line',
    labels: ['environment', 'plan'],
  },
  phasegate_war_rooms_open: { help: 'War rooms that are open', labels: ['environment', 'plan'] },
} as const satisfies Record<string, { help: string; labels: readonly string[] }>;

export type RunMetric = keyof typeof runMetrics;
