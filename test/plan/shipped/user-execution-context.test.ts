import { beforeAll, describe, expect, it } from 'vitest';
import { readAndFreeze } from '../../../src/plan/read-and-freeze.js';
import type { FrozenPlan, Phase } from '../../../src/plan/model.js';
import { brief } from '../support/brief.js';

const vars = { revision: 'uec-1', platform: 'http://127.0.0.1:4000', 'flags-file': 'flags.json' };
const files = { plan: 'plans/user-execution-context.yaml', environment: 'environments/demo.yaml' };
let frozen: FrozenPlan;
let phases: Phase[];
const lowTraffic = { hours: { from: 20 * 60, to: 6 * 60 } };

beforeAll(async () => {
  const result = await readAndFreeze(files, vars);
  expect(result.faults).toEqual([]);
  if (!result.frozen) throw new Error('not frozen');
  frozen = result.frozen;
  phases = frozen.plan.phases.filter(({ checklists }) => !checklists);
});

describe('the shipped plan', () => {
  it('has the 29 pre-deployment checks: 7, 8, 8 of which one has a part for each flag, and 6 with the executives', () => {
    const [stage] = frozen.plan.phases;
    expect(stage?.checklists?.map(({ title, items }) => [title, items.length])).toEqual([
      ['Security and compliance', 7],
      ['Testing and quality assurance', 8],
      ['Infrastructure and configuration', 8 + 3],
      ['Business continuity', 5],
    ]);
    expect(stage?.approval).toMatchObject({ roles: { cto: 1, ceo: 1 } });
    expect(stage?.before.map(brief)).toEqual([
      './ops/smoke isolation',
      'user_isolation_violations == 0',
      'context_validation_failures < 1%',
      'GET /admin/audit',
      'attest engineering-lead',
      'attest engineering-lead',
      'attest engineering-lead',
      'attest migration-architect',
      'attest migration-architect',
      './ops/user-journey release-test-user',
      'attest migration-architect',
      'attest migration-architect',
      'attest migration-architect',
      './ops/rollback-readiness',
      'attest engineering-lead',
      'attest devops-oncall',
      'ENABLE_AGENT_EXECUTION_CORE_MIGRATION off',
      'ENABLE_WORKFLOW_ORCHESTRATOR_MIGRATION off',
      'ENABLE_TOOL_DISPATCHER_MIGRATION off',
      'ENABLE_WEBSOCKET_EXECUTOR_MIGRATION off',
      'attest devops-oncall',
      'database_connection_pool_usage < 70%',
      'memory_usage_per_context < 10MB',
      'attest devops-oncall',
      'attest devops-oncall',
      './ops/backup-age --max 24h',
      'attest product-manager',
      'attest product-manager',
      'attest customer-success',
      'attest engineering-lead',
      'attest release-manager',
    ]);
    const optional = stage?.before.filter((item) => item.kind === 'attest' && item.notApplicable);
    expect(optional?.map(({ id }) => id)).toEqual(['penetration-test']);
  });

  it('has the four phases with their days in the period of low traffic, and the approval of the engineering lead', () => {
    expect(
      phases.map(({ id, title, schedule, after, approval }) => ({
        id,
        title,
        schedule,
        after,
        roles: approval?.roles,
      }))
    ).toEqual([
      {
        id: '1a',
        title: 'Agent execution core',
        schedule: { week: 1, days: [1, 3], ...lowTraffic },
        after: [],
        roles: { 'engineering-lead': 1 },
      },
      {
        id: '1b',
        title: 'Workflow orchestrator',
        schedule: { week: 1, days: [4, 5], ...lowTraffic },
        after: ['1a'],
        roles: { 'engineering-lead': 1 },
      },
      {
        id: '1c',
        title: 'Tool dispatcher',
        schedule: { week: 1, days: [6, 7], ...lowTraffic },
        after: ['1b'],
        roles: { 'engineering-lead': 1 },
      },
      {
        id: '1d',
        title: 'WebSocket connection',
        schedule: { week: 2, days: [1, 2], ...lowTraffic },
        after: ['1c'],
        roles: { 'engineering-lead': 1 },
      },
    ]);
  });

  it('has the 15 checks before the phases, and the 48 hours before 1D', () => {
    expect(phases.map(({ before }) => before.map(brief))).toEqual([
      [
        'attest release-manager',
        'GET /healthz',
        './ops/backup-age --max 24h',
        './ops/rollback-readiness',
        'attest devops-oncall',
        'attest product-manager',
      ],
      ['stable 1a for 1h', 'GET /healthz', './ops/smoke workflow-orchestrator'],
      ['stable 1a 1b for 1h', './ops/smoke tool-integration', './ops/smoke tool-permissions'],
      ['stable 1a 1b 1c for 48h', './ops/smoke ws-integration', './ops/smoke realtime'],
    ]);
  });

  it('has the 22 steps in their order', () => {
    expect(phases.map(({ steps }) => steps.map(brief))).toEqual([
      [
        'flag ENABLE_AGENT_EXECUTION_CORE_MIGRATION 5 %',
        'deploy agent-execution-core uec-1',
        'GET /components/agent-execution-core/healthz',
        './ops/smoke critical-path',
        './ops/user-journey release-test-user',
        'watch 30m',
        'traffic 25 50 100 for 10m',
      ],
      [
        'flag ENABLE_WORKFLOW_ORCHESTRATOR_MIGRATION 100 %',
        'deploy workflow-orchestrator uec-1',
        './ops/smoke multi-agent',
        './ops/smoke state-transitions',
        'watch 30m',
      ],
      [
        'flag ENABLE_TOOL_DISPATCHER_MIGRATION 100 %',
        'deploy tool-dispatcher uec-1',
        './ops/smoke tools',
        './ops/smoke tool-permissions',
        'watch 30m',
      ],
      [
        'flag ENABLE_WEBSOCKET_EXECUTOR_MIGRATION 100 %',
        'deploy websocket-executor uec-1',
        './ops/smoke ws-connect',
        './ops/smoke ws-delivery',
        './ops/smoke ws-bidirectional',
      ],
    ]);
    for (const { steps } of phases) {
      steps.forEach((step, index) => expect(step.title).toMatch(new RegExp(`^${index + 1}\\. `)));
    }
  });

  it('has the 18 success criteria, each phase watched for 30 minutes', () => {
    expect(phases.map(({ success }) => success?.criteria.map((criterion) => criterion.text))).toEqual([
      [
        'agent_execution_success_rate > 95% for 30m',
        'response_time_p95 < 2s',
        'error_rate < 1%',
        'user_isolation_violations == 0',
        'websocket_event_delivery_rate > 98%',
        'memory_usage_per_context < 10MB',
      ],
      [
        'workflow_success_rate > 95% for 30m',
        'agent_coordination_failures == 0',
        'state_corruptions == 0',
        'workflow_duration within 20% of baseline',
      ],
      [
        'tool_success_rate > 95% for 30m',
        'permission_failures == 0',
        'tool_failures == 0',
        'user_isolation_violations == 0',
      ],
      [
        'connection_success_rate > 98% for 30m',
        'event_delivery_within_1s > 99%',
        'user_isolation_violations == 0',
        'event_latency < 100ms',
      ],
    ]);
    for (const { success } of phases) expect(success?.length.planned).toBe('30m');
    for (const { success } of phases) {
      for (const { text, onBreach, increase } of success?.criteria ?? []) {
        expect([onBreach, increase], text).toEqual(text.includes('== 0') ? ['fail', true] : ['restart', false]);
      }
    }
  });

  it('has the ten metrics with target, warning, critical and priority', () => {
    const alerting = Object.values(frozen.plan.metrics).filter((metric) => metric.priority !== undefined);
    expect(
      alerting.map(({ name, unit, priority, target, warning, critical }) => [
        name,
        unit,
        priority,
        target?.text,
        warning?.text,
        critical?.text,
      ])
    ).toEqual([
      ['golden_path_success_rate', 'ratio', 'red', '> 95%', '< 90%', '< 80%'],
      ['user_isolation_violations', 'count', 'red', '== 0', '>= 1', '>= 3'],
      ['chat_response_quality', 'ratio', 'red', '> 95%', '< 90%', '< 80%'],
      ['agent_execution_success_rate', 'ratio', 'amber', '> 95%', '< 90%', '< 85%'],
      ['websocket_event_delivery_rate', 'ratio', 'amber', '> 98%', '< 95%', '< 90%'],
      ['context_validation_failures', 'ratio', 'amber', '< 1%', '> 2%', '> 5%'],
      ['memory_usage_per_context', 'bytes', 'amber', '< 10MB', '> 15MB', '> 25MB'],
      ['response_time_p95', 'seconds', 'yellow', '< 2s', '> 3s', '> 5s'],
      ['database_connection_pool_usage', 'ratio', 'yellow', '< 70%', '> 80%', '> 90%'],
      ['concurrent_user_contexts', 'count', 'yellow', undefined, '> 1000', '> 2000'],
    ]);
    expect(alerting.filter((metric) => metric.priority === 'red').every((metric) => metric.impact !== undefined)).toBe(
      true
    );
    expect(frozen.plan.metrics['concurrent_user_contexts']?.gates).toBe(false);
  });

  it('invents no alert threshold for the metrics that only criteria use', () => {
    const others = Object.values(frozen.plan.metrics).filter((metric) => metric.priority === undefined);
    expect(others).toHaveLength(14);
    for (const metric of others) expect(metric).not.toHaveProperty('warning');
    for (const metric of others) expect(metric).not.toHaveProperty('critical');
  });

  it('rolls back a HOLD that nobody answers, and verifies every rollback by the red metrics', () => {
    expect(frozen.plan.hold).toMatchObject({ deadline: { planned: '30m' }, then: 'rollback' });
    expect(frozen.plan.rollback.metrics).toEqual([
      'golden_path_success_rate',
      'user_isolation_violations',
      'chat_response_quality',
    ]);
  });

  it('wants everything before 1A to be done within the 30 minutes before its first change', () => {
    const [first, ...others] = phases.map(({ before }) =>
      before.map((item) => ('validFor' in item ? item.validFor?.planned : undefined))
    );
    expect(first).toEqual(['30m', '30m', '30m', '30m', '30m', '30m']);
    expect(others.flat().filter((validFor) => validFor !== undefined)).toEqual([]);
  });

  it('warns of the phases that expose everybody at once, that 1D may come too late, that nobody measures what kind of contamination there is, and of nothing else in the plan', async () => {
    const { warnings } = await readAndFreeze(files, vars);
    const inPlan = warnings.filter((warning) => warning.file === files.plan);
    expect(inPlan.map((warning) => warning.path).toSorted()).toEqual(
      [
        ...['1b', '1c', '1d'].map((id) => `phases[${id}].steps[enable].flag`),
        'phases[1d].schedule.days',
        'alerts.templates[user-isolation-violation].message',
      ].toSorted()
    );
    const late = inPlan.find(({ code }) => code === 'PG118');
    expect(late).toMatchObject({
      message:
        '1d may come too late for its days: 1c may start until the end of day 7 and then must be stable for 48h, but the days of 1d end with day 9',
      hint: 'give 1d 1 day more: { week: 2, days: 1-3 }, or 1c fewer: { week: 1, days: 6 }',
    });
  });
});
