import { matchers, measured, type Subject, type Watched } from '../subject.js';
import { those } from './about.js';
import { adviceFor } from './executive.js';
import type { Panel, Query, Section } from './model.js';
import { exported, filling, firing, noDataSource, nowOf, states, widths } from './panels.js';

/** What operations are shown: what is broken, what was, can it be taken back, how far is it, is it good enough. */
export function operationsSections(subject: Subject): Section[] {
  return [
    { title: 'Incident Status', panels: incidents(subject) },
    { title: 'Alert History', panels: alertHistory(subject) },
    { title: 'Rollback Readiness', panels: readiness(subject) },
    { title: 'Deployment Status', panels: deployment(subject) },
    { title: 'Business Metrics', panels: business(subject) },
  ];
}

function incidents(subject: Subject): Panel[] {
  const state = ['incident', 'severity', 'state'];
  const known = exported(subject, 'phasegate_incidents_escalated', []);
  return [
    states('Incidents', 'Incidents of the run that are not closed', 12, [
      {
        expr: exported(subject, 'phasegate_incident_state', state),
        legend: 'incident {{incident}}, severity {{severity}}: {{state}}',
      },
    ]),
    count('Open incidents', 'Not resolved; nothing is told while one of them does not answer', 4, [
      {
        expr: `(count(${exported(subject, 'phasegate_incident_state', state, 'state!="resolved"')}) and ${known}) or 0 * ${known}`,
        legend: 'open',
      },
    ]),
    count('Escalations', 'Incidents not resolved and alerts that went to the next in line', 4, [
      { expr: exported(subject, 'phasegate_incidents_escalated', ['plan']), legend: 'incidents' },
      { expr: exported(subject, 'phasegate_alerts_escalated', ['plan']), legend: 'alerts' },
    ]),
    count('War rooms', 'Open now', 4, [
      { expr: exported(subject, 'phasegate_war_rooms_open', ['plan']), legend: 'open' },
    ]),
  ];
}

function alertHistory(subject: Subject): Panel[] {
  return [
    states('Alerts that fired', 'Alerts of this plan in Prometheus', 24, [
      { expr: `max by (alertname) (${firing(subject)})`, legend: '{{alertname}}' },
    ]),
    {
      kind: 'trend',
      title: 'Minutes of alerts in an hour',
      description: 'How long alerts of each severity fired in the hour before, added up',
      width: 12,
      unit: 'count',
      queries: [{ expr: `sum by (severity) (sum_over_time((${firing(subject)})[1h:1m]))`, legend: '{{severity}}' }],
    },
    states(
      "The run's own guard",
      'The watch itself, what it last said of each metric, and open alerts with whether somebody acknowledged them',
      12,
      [
        { expr: exported(subject, 'phasegate_guard_state', ['state']), legend: 'guard: {{state}}' },
        { expr: exported(subject, 'phasegate_metric_state', ['metric', 'state']), legend: '{{metric}}: {{state}}' },
        {
          expr: exported(subject, 'phasegate_alert_state', ['metric', 'level', 'state']),
          legend: '{{metric}} {{level}}: {{state}}',
        },
      ]
    ),
  ];
}

function readiness(subject: Subject): Panel[] {
  return [
    {
      kind: 'now',
      title: 'Way back',
      description: 'Whether every change in force can be undone and a worker is there to do it',
      width: 6,
      unit: 'count',
      queries: [{ expr: exported(subject, 'phasegate_rollback_ready', ['plan']), legend: 'way back' }],
      words: { 0: { text: 'CLOSED', colour: 'red' }, 1: { text: 'ready', colour: 'green' } },
    },
    count('Changes in force', 'What a rollback would undo, and what it could not', 6, [
      { expr: exported(subject, 'phasegate_changes_in_force', ['undo']), legend: 'undo {{undo}}' },
    ]),
    count('Rollbacks', 'Of this run', 4, [
      { expr: exported(subject, 'phasegate_run_rollbacks', ['plan']), legend: 'rollbacks' },
    ]),
    {
      kind: 'now',
      title: 'Told by its worker',
      description: 'Whether the run itself told what is shown here; at 0 the figures of the run are missing, not good',
      width: 4,
      unit: 'count',
      queries: [{ expr: exported(subject, 'phasegate_run_read', ['plan']), legend: 'read' }],
      words: { 0: { text: 'NO', colour: 'red' }, 1: { text: 'yes', colour: 'green' } },
    },
    {
      kind: 'now',
      title: 'Last seen',
      description: 'When a worker last read the runs of the environment',
      width: 4,
      unit: 'instant',
      queries: [
        {
          expr: `1000 * max(phasegate_runs_read_timestamp_seconds${matchers({ environment: subject.labels.environment })})`,
          legend: 'seen',
        },
      ],
    },
  ];
}

function deployment(subject: Subject): Panel[] {
  const all = exported(subject, 'phasegate_phase_state', ['phase', 'state']);
  const done = exported(subject, 'phasegate_phase_state', ['phase', 'state'], 'state="completed"');
  return [
    states('Phases', 'State of each phase', 12, [{ expr: all, legend: '{{phase}}: {{state}}' }]),
    {
      kind: 'now',
      title: 'Progress',
      description: 'Share of phases that are completed',
      width: 4,
      unit: 'ratio',
      queries: [{ expr: `(count(${done}) or vector(0)) / count(${all})`, legend: 'completed' }],
    },
    count('Waiting for people', 'Open approvals, attestations and holds', 4, [
      { expr: exported(subject, 'phasegate_gates_open', ['kind']), legend: '{{kind}}' },
    ]),
    count('Attempts', 'The step that was tried most often', 4, [
      {
        expr: `topk(1, ${exported(subject, 'phasegate_step_attempts', ['phase', 'step'])})`,
        legend: '{{phase}}/{{step}}',
      },
    ]),
  ];
}

/** Red metrics now, and the share of the shown time in which each was inside its target. */
function business(subject: Subject): Panel[] {
  const red = those(subject, ({ priority }) => priority === 'red');
  if (red.length === 0) {
    return [noDataSource('Business metrics', 'The plan has no red metric.', adviceFor('one'), 24)];
  }
  const targeted = red.filter(({ metric }) => metric.target !== undefined);
  const wide = widths(targeted.length, 4);
  return [...filling(red, 4, nowOf), ...targeted.map((each, index) => compliance(each, wide[index] ?? 24))];
}

function compliance({ metric, series }: Watched, width: number): Panel {
  const { op, value, text } = metric.target ?? { op: '>', value: 0, text: '' };
  return {
    kind: 'now',
    title: `${metric.name}: compliance`,
    description: `Share of the time shown in which it was ${text}; time without data is left out`,
    width,
    unit: 'ratio',
    queries: [
      {
        expr: `avg_over_time((${series} ${op} bool ${value} and ${measured(series)})[$__range:1m])`,
        legend: 'inside its target',
      },
    ],
  };
}

function count(title: string, description: string, width: number, queries: Query[]): Panel {
  return { kind: 'now', title, description, width, unit: 'count', queries };
}
