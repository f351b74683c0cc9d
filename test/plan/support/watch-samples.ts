import { replaceOnce, sampleEnvironment, samplePlan } from './samples.js';

/** The sample plan with a guard, alerts and incidents that use every part of their language, and have no fault. */
export const watchedPlan = `${replaceOnce(
  replaceOnce(samplePlan, '  ops: Operations\n', '  ops: Operations\ngroups: { team: The whole team }\n'),
  "unit: seconds, target: '< 2s' }",
  "unit: seconds, priority: amber, target: '< 2s', warning: '> 3s' }"
)}guard: { every: 30s, in-a-row: 3 }
alerts:
  routes:
    critical:
      channels: [pager, mail]
      to: [lead, ops]
      escalate: { after: 5m, to: [lead] }
      remind-every: 10m
    warning:
      channels: [chat]
      to: [team]
      escalate: { after: 15m, to: [ops] }
  templates:
    - id: errors
      metric: error_rate
      level: critical
      title: Errors
      message: '{{failed_count}} requests failed, {{value}}, since {{detection_time}}'
      runbook: https://docs.example.com/errors
incidents:
  severities:
    - severity: 1
      title: Critical
      respond-within: 5m
      escalate-to: [lead]
      escalate-after: 0s
      action: Roll back
      reach: all
      causes:
        - { id: mixed-up, title: Users are mixed up, when: violations >= 3, notify-users: true }
        - { id: errors, title: Errors, when: error_rate is critical }
    - severity: 2
      title: High
      respond-within: 15m
      escalate-to: [ops]
      action: Fix the component
      reach: component
      causes:
        - { id: slow, title: Slow, when: latency more than 50% above baseline, phase: one }
    - severity: 3
      title: Medium
      respond-within: 1h
      escalate-to: [team]
      action: Fix it later
      reach: none
      causes:
        - { id: slower, title: Slower, when: latency more than 20% and at most 50% above baseline }
        - { id: logs, title: Logs are missing }
  war-room:
    triggers: [severity-1, rollback]
    within: 5m
    roles:
      - { id: commander, title: Commander, role: lead }
      - { id: scribe, title: Scribe, role: ops }
    procedure:
      - { id: assess, title: Assess }
      - { id: respond, title: Respond, done-by: resolution }
    stakeholders: [team]
  post-mortem: { within: 48h, by: lead }
`;

export const watchedEnvironment = [
  ['ada: { title: Ada, roles', 'ada: { title: Ada, email: ada@example.com, roles'] as const,
  [
    'sample: error_rate }',
    "sample: error_rate, context: { failed_count: 'sum(increase(errors[{{range}}]))' } }",
  ] as const,
].reduce(
  (text, [from, to]) => replaceOnce(text, from, to),
  `${sampleEnvironment}channels:
  pager: { kind: pagerduty, routing-key: '\${env:PAGER_KEY}' }
  chat: { kind: slack, url: '\${env:CHAT_HOOK}' }
  mail: { kind: email, smtp: 'smtp.example.com:587', from: phasegate@example.com }
  hook: { kind: webhook, url: 'http://127.0.0.1:5000/x' }
  log: { kind: log }
contacts: { team: team@example.com }
`
);
