/** The smallest plan and environment that use every part of the language and have no fault. Tests change single places. */
export const samplePlan = `phasegate: plan/v1
id: sample
title: Sample migration
roles:
  lead: Lead
  ops: Operations
vars:
  revision: { description: Revision to deploy, default: v2 }
waivers: { roles: [lead] }
hold: { deadline: 20m, then: rollback }
rollback:
  metrics: [error_rate]
  for: 5m
  checks:
    - check: { id: healthy, http: { url: '{{env.services.core}}/healthz' } }
metrics:
  error_rate: { description: Failing requests, unit: ratio, priority: red, target: '< 1%', warning: '> 2%', critical: '> 5%' }
  latency: { description: Response time, unit: seconds, target: '< 2s' }
  violations: { description: Mixed up users, unit: count, priority: red, target: '== 0' }
  memory: { description: Memory per user, unit: bytes }
  users: { description: Active users, unit: count, target: monitoring-only }
  requests: { description: Requests served, unit: count }
phases:
  - id: one
    title: First
    schedule: { week: 1, days: 1-3 }
    before:
      - attest: { id: team, title: Team is online, by: ops }
    steps:
      - flag: { id: enable, key: NEW_CORE, to: true, percent: 5, include: [tester] }
      - deploy: { id: deploy, target: core, revision: '{{vars.revision}}' }
      - check: { id: smoke, command: [./ops/smoke, '{{vars.revision}}'] }
      - watch: { id: window, for: 30m, every: 15s, warm-up: 1m, criteria: [error_rate < 1%, latency < 2s] }
      - traffic: { id: ramp, flag: NEW_CORE, percent: [25, 50, 100], hold: 10m }
    success: [error_rate < 1% for 30m, violations == 0]
    approval: { roles: { lead: 1 }, expires: 24h, escalate: { after: 8h, to: ops } }
    soak: 1h
  - id: two
    title: Second
    before:
      - check: { id: stable, stable: { phases: [one], for: 48h } }
      - check: { id: quiet, metric: error_rate < 1% }
    steps:
      - flag: { id: enable, key: NEW_TOOLS, to: true }
      - check: { id: flagged, flag: { key: NEW_TOOLS, enabled: true } }
    success:
      for: 30m
      min-traffic: { metric: requests, at-least: 100 }
      criteria: [latency within 20% of baseline, memory < 10MB]
      checks:
        - attest: { id: looks-good, title: It looks good, by: lead }
    approval: { roles: { lead: 1, ops: 1 } }
`;

export const sampleEnvironment = `phasegate: environment/v1
id: lab
title: Lab
kind: test
vars:
  platform: { description: Address of the platform, default: 'http://127.0.0.1:4000' }
trust: identity
people:
  ada: { title: Ada, roles: [lead] }
  bob: { title: Bob, roles: [ops, lead] }
  cyd: { title: Cyd, roles: [ops] }
flags: { provider: flagd, file: flags.json }
metrics:
  provider: prometheus
  prometheus: { url: 'http://127.0.0.1:9090', lag: 2s, range: 30s }
  bindings:
    error_rate: { promql: 'sum(rate(errors[{{range}}])) / sum(rate(requests[{{range}}]))', sample: error_rate }
    latency: { promql: latency_p95, sample: latency }
    violations: { promql: sum(violations), sample: violations }
    memory: { promql: memory, sample: memory }
    requests: { promql: sum(requests), sample: requests }
deploy:
  core: { read: [./ops/deployed, core], apply: [./ops/deploy, core, '{{revision}}'] }
services: { core: '{{vars.platform}}/core' }
commands: { cwd: ops, allow: [./ops/*], env: { API_TOKEN: '\${env:API_TOKEN}' } }
notify:
  - log: { name: worker-log }
`;

export interface Marked {
  text: string;
  line: number;
  column: number;
}

/** A change of one place, and further ones; « » in the new text marks the place of the expected fault. */
export interface Change {
  from: string;
  to: string;
  also?: ReadonlyArray<readonly [from: string, to: string]>;
}

/** Applies a change with its further ones. */
export function changeAll(text: string, { from, to, also = [] }: Change): Marked {
  const changed = [[from, to] as const, ...also].reduce((sum, [old, fresh]) => replaceOnce(sum, old, fresh), text);
  const before = changed.slice(0, changed.indexOf('«'));
  return {
    text: changed.replace('«', '').replace('»', ''),
    line: before.split('\n').length,
    column: before.length - before.lastIndexOf('\n'),
  };
}

export function change(text: string, from: string, to: string): Marked {
  return changeAll(text, { from, to });
}

export function replaceOnce(text: string, from: string, to: string): string {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`"${from}" is in the text ${parts.length - 1} times`);
  return parts.join(to);
}
