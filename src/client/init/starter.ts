/** A plan to begin with: one phase, with everything that makes a change safe. */
export const starterPlan = `# What is to happen; the same in every environment. All keys: phasegate help plan
phasegate: plan/v1
id: first
title: My first migration
description: Why this is done, and what it protects.

roles:
  release-manager: Release manager
  engineering-lead: Engineering lead

vars:
  revision: { description: Revision to deploy }

# A gate that could not be judged waits for people; nothing passes because it could not be measured.
hold: { deadline: 30m, then: rollback }
waivers: { roles: [engineering-lead] }

metrics:
  error_rate:
    description: Requests that end in a server error
    unit: ratio
    priority: red
    target: '< 1%'
    warning: '> 2%'
    critical: '> 5%'

# Nothing starts before all of it is answered.
pre-deployment:
  checklists:
    - id: ready
      title: Ready to deploy
      items:
        - attest: { id: tests, title: All tests pass, by: engineering-lead, evidence: required }
        - attest: { id: support, title: Support is briefed, by: release-manager }

phases:
  - id: core
    title: Core
    steps:
      - flag: { id: enable, title: Enable the flag for a few, key: NEW_CORE, to: true, percent: 5 }
      - deploy: { id: deploy, title: Deploy the new core, target: core, revision: '{{vars.revision}}' }
      - check: { id: health, title: It is healthy, http: { url: '{{env.services.core}}/healthz' } }
      - watch: { id: window, title: Watch it, for: 30m, criteria: [error_rate < 1%] }
      - traffic: { id: ramp, title: Raise the traffic, flag: NEW_CORE, percent: [25, 50, 100], hold: 10m }
    success: [error_rate < 1% for 30m]
    approval: { roles: { engineering-lead: 1 }, expires: 24h }

# Beside all that, from the first flag on, every metric with a threshold is looked at. A red one that is critical takes
# everything back, in the middle of an approval too.
guard: { every: 15s, in-a-row: 2, recovered-in-a-row: 4, missing-in-a-row: 3 }

# Who is told when a metric crosses a threshold, and who is next when nobody acknowledges it. Channels are the environment's.
alerts:
  routes:
    critical:
      channels: [on-call]
      to: [engineering-lead]
      escalate: { after: 5m, to: [release-manager] }
      remind-every: 15m
    warning:
      channels: [on-call]
      to: [engineering-lead]
      escalate: { after: 30m, to: [release-manager] }
      remind-every: 1h

# When it is serious: who answers how soon, and what is taken back. A cause with "when" opens an incident by itself; any
# other is declared by a person: phasegate incident declare --cause data-loss --reason "what is wrong"
incidents:
  severities:
    - severity: 1
      title: Users are harmed
      respond-within: 5m
      escalate-to: [release-manager]
      action: Take everything back at once
      reach: all
      causes:
        - { id: data-loss, title: Data is lost or seen by others, notify-users: true }
        - { id: errors, title: Requests fail, when: error_rate is critical }
    - severity: 2
      title: A component fails
      respond-within: 15m
      escalate-to: [release-manager]
      action: Fix it, or take the component back
      reach: component
    - severity: 3
      title: A nuisance
      respond-within: 1h
      escalate-to: [release-manager]
      action: Fix it in the next release
      reach: none
      causes:
        - { id: more-errors, title: More requests fail than should, when: error_rate is warning }
  post-mortem: { within: 48h, by: engineering-lead }
`;

/** An environment on this machine for it: what has to be replaced says so. */
export const starterEnvironment = `# Where it happens. All keys: phasegate help environment
phasegate: environment/v1
id: local
title: This machine
kind: test
time-zone: UTC

# Names are believed here, and every report says so.
trust: identity
people:
  ann: { title: Ann Example, roles: [release-manager] }
  ben: { title: Ben Example, roles: [engineering-lead] }
  cleo: { title: Cleo Example, roles: [engineering-lead] }

# A flagd file, or provider: unleash
flags: { provider: flagd, file: flags.json }

metrics:
  provider: prometheus
  prometheus: { url: 'http://127.0.0.1:9090', range: 5m }
  bindings:
    error_rate:
      promql: sum(rate(http_requests_total{code=~"5.."}[{{range}}])) / sum(rate(http_requests_total[{{range}}]))

# Your own programs: one prints the revision that runs, one deploys the revision that it is given.
deploy:
  core:
    read: [./ops/deployed, core]
    apply: [./ops/deploy, core, '{{revision}}']

services: { core: 'http://127.0.0.1:8080' }
commands: { cwd: ., allow: [./ops/*] }

# The worker's log tells everything, and alerts too until on-call is a channel that wakes people:
# { kind: slack, url: '\${env:SLACK_WEBHOOK}' }, or pagerduty, email, webhook
notify: [{ log: { name: worker-log } }]
channels: { on-call: { kind: log } }
`;
